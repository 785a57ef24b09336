//! Context: `userId` S, `version` N, `summary` S, `interests` L of S, `interestWeights` M of
//! N, `lastTopics` L of S, `updatedAt` S.

use contract::Table;
use futures::FutureExt;

use super::attributes::{Item, Malformed, Reader, item, l, m, n, s};
use super::{Tables, failed};
use crate::domain::{Context, UserId};
use crate::ports::{NewestContext, Unavailable};

const WHAT: &str = "read Context";

impl NewestContext for Tables {
    async fn newest_context(&self, user: &UserId) -> Result<Option<Context>, Unavailable> {
        let page = self
            .client
            .query()
            .table_name(self.name(Table::Context))
            .key_condition_expression("userId = :user")
            .expression_attribute_values(":user", s(user.as_str()))
            .scan_index_forward(false)
            .limit(1)
            .consistent_read(true)
            .send()
            .boxed()
            .await
            .map_err(failed(WHAT))?;
        let newest = page.items().first().map(from_item).transpose();
        newest.map_err(failed(WHAT))
    }
}

fn from_item(item: &Item) -> Result<Context, Malformed> {
    let read = Reader::new(item);
    Ok(Context {
        version: read.required("version", Reader::number)?,
        summary: read.text("summary").unwrap_or_default(),
        interests: read.texts("interests"),
        interest_weights: read.numbers("interestWeights"),
        last_topics: read.texts("lastTopics"),
        updated_at: read.text("updatedAt"),
    })
}

pub(super) fn to_item(user: &UserId, context: &Context) -> Item {
    let mut item = item([
        ("userId", s(user.as_str())),
        ("version", n(context.version)),
        ("summary", s(&context.summary)),
        ("interests", l(&context.interests)),
        ("interestWeights", m(&context.interest_weights)),
        ("lastTopics", l(&context.last_topics)),
    ]);
    if let Some(updated_at) = &context.updated_at {
        item.insert("updatedAt".to_owned(), s(updated_at));
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let context = Context {
            version: 7,
            summary: "Asked about diet.".into(),
            interests: vec!["diet".into(), "events".into()],
            interest_weights: [("diet".into(), 1000), ("events".into(), 300)].into(),
            last_topics: vec!["diet".into()],
            updated_at: Some("2026-01-01T00:00:00.000Z".into()),
        };
        let item = to_item(&UserId::parse("u").unwrap(), &context);
        assert_eq!(from_item(&item).unwrap(), context);
    }
}
