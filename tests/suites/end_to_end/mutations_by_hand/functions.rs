//! Functions.

use std::path::Path;

use anyhow::{Context, Result};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{Environment, LogFormat, LoggingConfig};
use contract::{Function, artifact};
use platform_tests::platform::Platform;
use platform_tests::program;

/// Gives a function another value in one of its variables.
pub fn set_variable(
    platform: &Platform,
    function: Function,
    name: &str,
    value: &str,
) -> Result<()> {
    let lambda = &platform.aws.lambda;
    let function = platform.function(function);
    let read = lambda.get_function_configuration().function_name(&function);
    let live = platform.aws.wait(read.send())?;
    let mut variables = live
        .environment
        .and_then(|environment| environment.variables)
        .unwrap_or_default();
    variables.insert(name.to_owned(), value.to_owned());
    let environment = Environment::builder()
        .set_variables(Some(variables))
        .build();
    let update = lambda
        .update_function_configuration()
        .function_name(&function);
    platform.aws.wait(update.environment(environment).send())?;
    Ok(())
}

/// Gives a function the code of another.
pub fn replace_code(platform: &Platform, function: Function, other: Function) -> Result<()> {
    let package = Path::new(&program::packages()?).join(artifact::file_name(other));
    let zip = std::fs::read(&package).with_context(|| package.display().to_string())?;
    let update = platform.aws.lambda.update_function_code();
    let update = update
        .function_name(platform.function(function))
        .zip_file(Blob::new(zip));
    platform.aws.wait(update.send())?;
    Ok(())
}

/// Gives every function more memory.
pub fn change_memory(platform: &Platform) -> Result<()> {
    for function in Function::ALL {
        let update = platform.aws.lambda.update_function_configuration();
        let update = update
            .function_name(platform.function(function))
            .memory_size(2048);
        platform.aws.wait(update.send())?;
    }
    Ok(())
}

/// Lets a function log plain text.
pub fn log_plain_text(platform: &Platform) -> Result<()> {
    let logging = LoggingConfig::builder().log_format(LogFormat::Text).build();
    let update = platform.aws.lambda.update_function_configuration();
    let update = update.function_name(platform.function(Function::Search));
    platform.aws.wait(update.logging_config(logging).send())?;
    Ok(())
}
