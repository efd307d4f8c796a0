use crate::json::{Json, Object};

/// The longest upstream message kept, in characters.
pub const MAX_MESSAGE: usize = 300;

/// What the envelope says of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// `status: "success"`.
    Success,
    /// `status: "error"`, which Order Desk also sends with HTTP 200.
    Error,
    /// No `status`, or an unknown one.
    Unknown,
}

/// The answer lacks what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The answer is not an object.
    #[error("the reply is not a JSON object")]
    NotAnObject,
    /// The member is absent.
    #[error("the reply has no `{0}`")]
    Missing(&'static str),
    /// The member is of the wrong kind.
    #[error("`{0}` in the reply is of the wrong kind")]
    WrongKind(&'static str),
}

/// An answer: `status`, perhaps `message`, and the payload under its own name.
#[derive(Debug, Clone, Default)]
pub struct Envelope(Object);

impl Envelope {
    /// Reads the outer object.
    ///
    /// # Errors
    /// [`EnvelopeError::NotAnObject`].
    pub fn read(json: Json) -> Result<Self, EnvelopeError> {
        match json {
            Json::Object(object) => Ok(Self(object)),
            _ => Err(EnvelopeError::NotAnObject),
        }
    }

    /// Success, error or unknown; look at it even when HTTP says 200.
    pub fn status(&self) -> Status {
        match self.0.text("status") {
            Some("success") => Status::Success,
            Some("error") => Status::Error,
            _ => Status::Unknown,
        }
    }

    /// The message with the `errors` texts a refused order carries, on one line, without control
    /// characters, at most [`MAX_MESSAGE`] characters. It is upstream's text: data, not guidance.
    pub fn message(&self) -> Option<String> {
        let errors = self.0.get("errors").map(texts).unwrap_or_default();
        let parts = self.0.filled("message").into_iter().chain(errors);
        let joined = parts.collect::<Vec<_>>().join("; ");
        let clean = joined
            .split(|letter: char| letter.is_whitespace() || letter.is_control())
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        (!clean.is_empty()).then(|| clean.chars().take(MAX_MESSAGE).collect())
    }

    /// Any member.
    pub fn member(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// The whole answer.
    pub fn as_object(&self) -> &Object {
        &self.0
    }

    /// Takes the record under `name`.
    ///
    /// # Errors
    /// [`EnvelopeError::Missing`] or [`EnvelopeError::WrongKind`].
    pub fn record<R: From<Object>>(&mut self, name: &'static str) -> Result<R, EnvelopeError> {
        match self.0.remove(name).ok_or(EnvelopeError::Missing(name))? {
            Json::Object(object) => Ok(R::from(object)),
            _ => Err(EnvelopeError::WrongKind(name)),
        }
    }

    /// Takes the records under `name`: a list, an object of them (PHP), or blank for none.
    ///
    /// # Errors
    /// [`EnvelopeError::Missing`], or [`EnvelopeError::WrongKind`] also when one of them is no object:
    /// a list must not come back shorter than it is.
    pub fn records<R: From<Object>>(
        &mut self,
        name: &'static str,
    ) -> Result<Vec<R>, EnvelopeError> {
        let elements = match self.0.remove(name).ok_or(EnvelopeError::Missing(name))? {
            Json::Array(elements) => elements,
            Json::Object(object) => object.into_iter().map(|(_, value)| value).collect(),
            blank if blank.is_blank() => Vec::new(),
            _ => return Err(EnvelopeError::WrongKind(name)),
        };
        let record = |element| match element {
            Json::Object(object) => Ok(R::from(object)),
            _ => Err(EnvelopeError::WrongKind(name)),
        };
        elements.into_iter().map(record).collect()
    }
}

/// The texts of `errors`, whose shape nobody documents: a text, a list or an object of texts.
fn texts(json: &Json) -> Vec<&str> {
    match json.text() {
        Some(text) => vec![text],
        None => json.elements().into_iter().filter_map(Json::text).collect(),
    }
}
