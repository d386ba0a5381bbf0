//! Many articles, scored on several threads.

use std::borrow::Borrow;

use super::{ScoredStatement, Scorer};
use crate::article::Article;
use crate::batch::{InOrder, in_order};

impl Scorer {
    /// Scores many articles, owned or borrowed, and gives each back with its statements, in order.
    ///
    /// Articles are taken a batch at a time, on all threads of rayon's pool that the caller is in; what comes out is what
    /// [`Self::score`] gives, on any number of threads. [`InOrder`] has how to stop it and how to hear how far it is; to
    /// read articles that may be unreadable, map over [`in_order`] itself.
    ///
    /// # Examples
    /// ```
    /// # #[cfg(feature = "builtin")] {
    /// use onrecord::{Article, Scorer};
    ///
    /// let articles = [Article::new("a1", "“No,” said Ilse Marn."), Article::new("a2", "It rained.")];
    /// let scorer = Scorer::builtin().unwrap();
    /// let n_statements: Vec<usize> = scorer.score_batch(&articles).map(|(_, statements)| statements.len()).collect();
    /// assert_eq!(n_statements, [1, 0]);
    /// # }
    /// ```
    pub fn score_batch<'s, A, I>(&'s self, articles: I) -> InOrder<'s, I::IntoIter, (A, Vec<ScoredStatement>)>
    where
        A: Borrow<Article> + Send,
        I: IntoIterator<Item = A>,
    {
        in_order(articles, |article: A| {
            let statements = self.score(article.borrow());
            (article, statements)
        })
    }
}

#[cfg(all(test, feature = "builtin"))]
mod tests {
    use super::*;
    use crate::attribution::Extractor;
    use crate::model::{Model, ModelError};
    use crate::score::{ALONE, FAST};

    #[test]
    fn any_number_of_threads_and_owned_or_borrowed_articles_give_the_same() {
        let text = |n: usize| format!("“We will not march {n} miles,” Ilse Marn said. It rained on Tarn, she added.");
        let articles: Vec<Article> = (0..40).map(|n| Article::new(format!("a{n}"), text(n))).collect();
        let scorer = Scorer::builtin().unwrap();
        let one_by_one: Vec<_> = articles.iter().map(|article| scorer.score(article)).collect();
        let statements = |(_, statements)| statements;
        for n_threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            let scored = || scorer.score_batch(&articles).batch_size(7).map(|(_, found)| found).collect::<Vec<_>>();
            assert_eq!(pool.install(scored), one_by_one);
        }
        assert!(scorer.score_batch(articles).map(statements).eq(one_by_one));
    }

    #[test]
    fn models_beside_give_their_scores_in_order() {
        let fast = || Model::builtin_in_article().unwrap();
        let scorer = Scorer::new(Extractor::builtin(), fast())
            .alone(Model::builtin_stance().unwrap())
            .beside(FAST, fast())
            .keep_context(true);
        let article = Article::new("a", "Castrel strikes Norvale\n\n“We reject the raids,” Ilse Marn said.");
        let statement = &scorer.score(&article)[0];
        let scores = &statement.context.as_ref().unwrap().scores;
        assert_eq!(scores.keys().collect::<Vec<_>>(), ["alone", "fast"]);
        // The same model in the same place says the same: it was given the scores of the one before it.
        for (score, p) in scores["fast"].iter().zip(["favor", "against", "neutral", "unrelated"]) {
            let said = statement.stance.probabilities[p];
            assert!((f64::from(*score).exp() - 1e-3 - said).abs() < 1e-3, "{p}: {score} {said}");
        }
        let alone = &scores["alone"];
        let again = scorer.beside(ALONE, Model::builtin_stance().unwrap()).score(&article);
        assert_eq!(&again[0].context.as_ref().unwrap().scores["alone"], alone);
    }

    #[test]
    fn a_target_that_the_model_does_not_know_is_refused() {
        let error = Scorer::builtin().unwrap().target("road tolls").unwrap_err();
        assert!(matches!(&error, ModelError::OneTarget { asked, .. } if asked == "road tolls"), "{error}");
        let scorer = Scorer::builtin().unwrap().target("outside intervention").unwrap();
        let statements = scorer.score(&Article::new("a", "“No troops,” said Ilse Marn."));
        assert_eq!(statements[0].stance.target, "outside intervention");
    }
}
