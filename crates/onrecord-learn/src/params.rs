//! What all hyperparameters share: a method that sets each of them, and the check that turns `XParams` into
//! `XValidParams`. The estimators say only which there are and what makes them valid.

/// Methods `$params::name(value)` that each set the field of that name of the wrapped `XValidParams`.
macro_rules! setters {
    ($params:ident { $($(#[$doc:meta])* $name:ident: $type:ty,)* }) => {
        impl $params {
            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $name(mut self, $name: $type) -> Self {
                    self.0.$name = $name;
                    self
                }
            )*
        }
    };
}

/// linfa's [`ParamGuard`](linfa::ParamGuard) by the type's own method `validate`.
macro_rules! guard {
    ($params:ident => $valid:ident) => {
        impl linfa::ParamGuard for $params {
            type Checked = $valid;
            type Error = $crate::LearnError;

            fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
                self.0.validate().map(|()| &self.0)
            }

            fn check(self) -> Result<Self::Checked, Self::Error> {
                self.check_ref()?;
                Ok(self.0)
            }
        }
    };
}

pub(super) use {guard, setters};
