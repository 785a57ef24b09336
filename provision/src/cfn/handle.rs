//! Resource types, and handles to resources.

use std::marker::PhantomData;

use serde::Serialize;

use super::Expr;

/// A resource type.
pub trait Resource: Serialize {
    /// Its name, e.g. `AWS::S3::Bucket`.
    const TYPE: &'static str;
}

/// A resource in a template, by which others name it.
#[derive(Debug)]
pub struct Handle<R> {
    id: String,
    kind: PhantomData<fn() -> R>,
}

impl<R> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Self {
            id: self.id.clone(),
            kind: PhantomData,
        }
    }
}

impl<R: Resource> Handle<R> {
    /// To the resource with this logical id.
    pub(super) const fn new(id: String) -> Self {
        Self {
            id,
            kind: PhantomData,
        }
    }

    /// The logical id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `Ref`
    pub fn reference(&self) -> Expr {
        Expr::Ref(self.id.clone())
    }

    /// `Fn::GetAtt`; the resource types offer their attributes by name.
    pub(super) fn attribute(&self, name: &'static str) -> Expr {
        Expr::GetAtt(self.id.clone(), name)
    }
}
