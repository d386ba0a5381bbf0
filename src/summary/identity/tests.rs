//! The rules on small casts of fictional people.

use super::*;

fn form(name: &str, kind: SpeakerType, role: &str, statements: usize) -> Form {
    let role = (!role.is_empty()).then(|| role.to_owned());
    Form { name: name.into(), kind, role, affiliation: None, statements, articles: 1 }
}

fn person_form(name: &str, role: &str, statements: usize) -> Form {
    form(name, SpeakerType::Person, role, statements)
}

/// Each person as "name: alias (reason), ...".
fn cast(forms: &[Form], overrides: &Overrides) -> Vec<String> {
    let line = |person: Person| {
        let aliases: Vec<String> =
            person.aliases.iter().map(|alias| format!("{} ({:?})", alias.name, alias.reason)).collect();
        format!("{}: {}", person.name, aliases.join(", "))
    };
    resolve(forms, overrides).into_iter().map(line).collect()
}

#[test]
fn family_name_title_and_second_family_name_are_one_person() {
    let forms = [
        person_form("Ana Ruiz Ferrer", "President", 2),
        person_form("President Ruiz", "", 3),
        person_form("Ana Ruiz", "", 9),
        form("Ruiz", SpeakerType::Unknown, "", 1),
    ];
    assert_eq!(
        cast(&forms, &Overrides::default()),
        ["Ana Ruiz: Ana Ruiz Ferrer (SameName), President Ruiz (OnlyBearer), Ana Ruiz (Itself), Ruiz (OnlyBearer)"]
    );
}

#[test]
fn one_name_in_two_fields_is_two_people() {
    let forms = [
        person_form("John Smith", "Senator", 3),
        person_form("John Smith", "fisherman", 2),
        person_form("John Smith", "presidential candidate", 1),
        person_form("John Smith", "", 1),
        person_form("Smith", "fisherman", 1),
        person_form("Smith", "", 1),
    ];
    let people = resolve(&forms, &Overrides::default());
    let forms_of: Vec<_> = people.iter().map(|person| person.forms.clone()).collect();
    // The last two: the role tells which fisherman; nothing tells which of the two a bare "Smith" is.
    assert_eq!(forms_of, [vec![0, 2], vec![1, 4], vec![3], vec![5]]);
}

#[test]
fn a_bare_family_name_goes_to_whom_it_nearly_always_means() {
    let mut forms = vec![person_form("Ida Holt", "", 40), person_form("Olaf Holt", "", 2), person_form("Holt", "", 5)];
    let people = resolve(&forms, &Overrides::default());
    assert_eq!(people[0].aliases[1].reason, AliasReason::FamilyNameOfTheMostQuoted);
    forms[1].statements = 20;
    assert_eq!(resolve(&forms, &Overrides::default()).len(), 3);
}

#[test]
fn initials_short_names_and_middle_names() {
    let forms = [
        person_form("Thomas Reed", "", 2),
        person_form("Tom Reed", "", 1),
        person_form("T. Reed", "", 1),
        person_form("Thomas A. Reed", "", 1),
        person_form("Eva Reed", "", 1),
    ];
    let people = resolve(&forms, &Overrides::default());
    assert_eq!(people.len(), 2, "{people:?}");
    assert_eq!(people[1].name, "Thomas Reed");
    assert_eq!(people[1].forms, [0, 1, 2, 3]);
}

#[test]
fn bodies_by_words_and_initials_and_newspapers_are_bodies() {
    let forms = [
        form("Ministry of Defence", SpeakerType::Organization, "", 2),
        form("the defence ministry", SpeakerType::Organization, "", 1),
        form("Union of Island Fishers", SpeakerType::Organization, "", 1),
        form("UIF", SpeakerType::Unknown, "", 1),
        form("Harbour Times", SpeakerType::Person, "", 1),
    ];
    let people = resolve(&forms, &Overrides::default());
    let names: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.kind.name())).collect();
    assert_eq!(
        names,
        [
            ("Harbour Times", "organization"),
            ("Ministry of Defence", "organization"),
            ("Union of Island Fishers", "organization")
        ]
    );
}

#[test]
fn the_user_has_the_last_word() {
    let forms = [
        person_form("Ilse Marn", "President", 5),
        person_form("Marn", "", 2),
        person_form("The Iron Lady", "", 1),
        person_form("Ilse Marn", "fisherwoman", 1),
    ];
    let mut overrides = Overrides::default();
    overrides.merge("the iron lady", "Ilse Marn").unwrap();
    // Both fields, because the user says so, and the short name, because only one full name has it.
    assert_eq!(resolve(&forms, &overrides).len(), 1, "{:?}", cast(&forms, &overrides));
    let mut overrides = Overrides::default();
    overrides.split("Ilse Marn").unwrap();
    assert_eq!(resolve(&forms, &overrides).len(), 4, "no rule touches a split name");
}

#[test]
fn hostile_names_neither_panic_nor_take_long() {
    let forms: Vec<Form> = ["", " ", "\u{202e}", "🙂 🙂", "A", "'s", "=1+1 Smith", "a b c d", "\u{301}"]
        .into_iter()
        .map(|name| person_form(name, "\u{0}", 1))
        .chain([person_form(&"Long ".repeat(10_000), &"x ".repeat(10_000), 1)])
        .collect();
    let people = resolve(&forms, &Overrides::default());
    assert_eq!(people.iter().map(|person| person.forms.len()).sum::<usize>(), forms.len());
}

#[test]
fn one_slip_of_a_role_does_not_weigh_like_a_hundred_statements() {
    let forms = [
        person_form("Ada Marn", "President", 30),
        person_form("Ilse Marn", "President", 1),
        person_form("Marn", "President", 50),
        form("Ada Q. Marn", SpeakerType::Person, "", 2),
        form("Ada Marn", SpeakerType::Organization, "", 3),
    ];
    let people = resolve(&forms, &Overrides::default());
    assert_eq!(people.len(), 2, "{:?}", cast(&forms, &Overrides::default()));
    assert_eq!(people[0].forms, [0, 2, 3, 4]);
    assert_eq!(people[0].kind, SpeakerType::Person);
}

#[test]
fn stations_are_bodies_and_somebody_s_kin_holds_no_post() {
    let forms = [
        form("RT Island", SpeakerType::Person, "", 1),
        person_form("Leya Ost", "Governor", 4),
        person_form("Idris Ost", "the spokesman of the islanders and the governor’s brother", 3),
        person_form("Ost", "Governor", 2),
    ];
    let people = resolve(&forms, &Overrides::default());
    let found: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.forms.clone())).collect();
    assert_eq!(found, [("Idris Ost", vec![2]), ("Leya Ost", vec![1, 3]), ("RT Island", vec![0])]);
    assert_eq!(people[2].kind, SpeakerType::Organization);
}

#[test]
fn father_and_son_are_two_and_a_formal_suffix_is_none() {
    let forms = [
        person_form("Otto Marn", "", 9),
        person_form("Otto Marn Jr.", "", 2),
        person_form("James B. Holt Jr.", "", 2),
        person_form("James Holt", "", 2),
    ];
    let people = resolve(&forms, &Overrides::default());
    let forms_of: Vec<_> = people.iter().map(|person| person.forms.clone()).collect();
    assert_eq!(forms_of, [vec![2, 3], vec![0], vec![1]]);
}
