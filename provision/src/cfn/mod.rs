//! CloudFormation, typed: knows nothing of this product.
//!
//! [`Template::add`] takes a typed resource and returns a [`Handle`] to it; properties that name
//! other resources take handles or expressions made from them, so a misspelt logical id does not
//! compile. Properties are spelt as in the resource reference, in snake case.

pub mod amplify;
pub mod apigateway;
pub mod apigatewayv2;
pub mod cloudwatch;
pub mod dynamodb;
mod expr;
mod handle;
pub mod iam;
pub mod lambda;
pub mod limits;
pub mod logs;
mod parameter;
pub mod s3;
mod template;

pub(crate) use expr::sub;
pub use expr::{Condition, Expr, account, partition, region, stack_id, stack_name, url_suffix};
pub use handle::{Handle, Resource};
pub use parameter::{Parameter, ParameterType};
pub use template::{Output, Tag, Template};
