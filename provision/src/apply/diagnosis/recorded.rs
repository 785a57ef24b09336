//! A test for each known cause, with a text as services gave it to people (account ids and request
//! ids shortened).

use deploy_target::Target;

use super::PATTERNS;
use crate::apply::stack::Event;

/// The name and the fix of the pattern that is taken for this failure.
fn taken(kind: &str, reason: &str) -> (&'static str, String) {
    let target = Target::on_aws("us-west-2", "Blue");
    let event = Event {
        kind: kind.into(),
        reason: Some(reason.into()),
        ..Event::default()
    };
    let pattern = PATTERNS
        .iter()
        .find(|pattern| pattern.tells(kind, reason))
        .unwrap();
    (pattern.name, pattern.fix(&target, &event))
}

macro_rules! recorded {
    ($($test:ident: $kind:literal, $reason:literal => $name:literal, $fix:literal;)*) => {
        $(
            #[test]
            fn $test() {
                let (name, fix) = taken($kind, $reason);
                assert_eq!(name, $name);
                assert!(fix.contains($fix), "{fix}");
                assert!(!fix.contains('{'), "{fix}");
            }
        )*

        #[test]
        fn every_pattern_has_a_recorded_text_and_a_name_of_its_own() {
            let mut names: Vec<&str> = PATTERNS.iter().map(|pattern| pattern.name).collect();
            let tested = [$($name),*];
            for name in &names {
                assert!(tested.contains(name), "no recorded text for `{name}`");
            }
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), PATTERNS.len());
        }
    };
}

recorded! {
    a_missing_log_role: "AWS::ApiGateway::Stage",
        "Resource handler returned message: \"CloudWatch Logs role ARN must be set in account settings to enable logging (Service: ApiGateway, Status Code: 400, Request ID: 1) (SDK Attempt Count: 1)\" (RequestToken: 2, HandlerErrorCode: InvalidRequest)"
        => "no log role", "cargo provision doctor --region us-west-2 --stack-name Blue";
    a_missing_log_role_of_the_socket_api: "AWS::ApiGatewayV2::Stage",
        "CloudWatch Logs role ARN must be set in account settings to enable logging (Service: AmazonApiGatewayV2; Status Code: 400; Error Code: BadRequestException; Request ID: 9; Proxy: null)"
        => "no log role", "us-west-2";
    a_log_role_that_is_too_new: "AWS::ApiGateway::Account",
        "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy. (Service: ApiGateway, Status Code: 400, Request ID: 1)"
        => "log role not yet usable", "in a minute";
    a_role_that_is_too_new: "AWS::Lambda::Function",
        "Resource handler returned message: \"The role defined for the function cannot be assumed by Lambda. (Service: Lambda, Status Code: 400, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: InvalidRequest)"
        => "role not yet known", "nothing to mend";
    a_role_that_cloudformation_does_not_see_yet: "AWS::Lambda::Function",
        "Template error: IAM role pasoncloud-LambdaDeployRole-1TNJXSYRDHUMR doesn't exist"
        => "role not yet known", "in a minute";
    a_table_that_exists: "AWS::DynamoDB::Table",
        "Resource of type 'AWS::DynamoDB::Table' with identifier 'Blue-Users' already exists."
        => "table exists", "--stack-name Blue --adopt";
    a_log_group_that_exists: "AWS::Logs::LogGroup",
        "Resource of type 'AWS::Logs::LogGroup' with identifier '/aws/lambda/Blue-search' already exists."
        => "log group exists", "--log-group-name '/aws/lambda/Blue-search'";
    a_function_that_exists: "AWS::Lambda::Function",
        "Resource of type 'AWS::Lambda::Function' with identifier 'Blue-search' already exists."
        => "name exists", "something named Blue-search";
    a_role_of_another_stack: "AWS::IAM::Role",
        "Blue-search already exists in stack arn:aws:cloudformation:us-west-2:1:stack/Other/2"
        => "owned by another stack", "--prefix NAME";
    a_quota: "AWS::ApiGateway::RestApi",
        "Resource handler returned message: \"You have reached the maximum number of APIs (Service: ApiGateway, Status Code: 429)\" (RequestToken: 2, HandlerErrorCode: ServiceLimitExceeded)"
        => "quota", "Service Quotas";
    a_stack_quota: "AWS::CloudFormation::Stack",
        "Limit for stack has been exceeded"
        => "quota", "raise it";
    reserved_concurrency: "AWS::Lambda::Function",
        "Resource handler returned message: \"Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [10]. (Service: Lambda, Status Code: 400, Request ID: 9)\" (RequestToken: 6, HandlerErrorCode: InvalidRequest)"
        => "reserved concurrency", "Concurrent executions";
    code_storage: "AWS::Lambda::Function",
        "Code storage limit exceeded. (Service: Lambda, Status Code: 400, Request ID: 1)"
        => "code storage", "delete";
    a_policy_that_is_too_large: "AWS::IAM::Policy",
        "Resource handler returned message: \"Maximum policy size of 10240 bytes exceeded for role Blue-search (Service: Iam, Status Code: 409, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: ServiceLimitExceeded)"
        => "policy too large", "arrows";
    too_many_roles: "AWS::IAM::Role",
        "Cannot exceed quota for RolesPerAccount: 1000 (Service: AmazonIdentityManagement; Status Code: 409; Error Code: LimitExceeded)"
        => "too many roles", "Roles per account";
    too_many_tables_at_once: "AWS::DynamoDB::Table",
        "Subscriber limit exceeded: Only 10 tables can be created, updated, or deleted simultaneously (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: LimitExceededException)"
        => "too many tables at once", "in some minutes";
    throttled: "AWS::Lambda::Permission",
        "Rate exceeded for operation 'Rate exceeded (Service: Lambda, Status Code: 429, Request ID: b, Extended Request ID: null)'."
        => "throttled", "nothing to mend";
    too_many_requests: "AWS::ApiGateway::Deployment",
        "Too Many Requests (Service: ApiGateway, Status Code: 429, Request ID: 1)"
        => "throttled", "in some minutes";
    a_concurrent_change: "AWS::ApiGateway::Method",
        "Unable to complete operation due to concurrent modification. Please try again later. (Service: ApiGateway, Status Code: 409, Request ID: 1)"
        => "concurrent change", "when that is done";
    a_bucket_of_another_region: "AWS::Lambda::Function",
        "Resource handler returned message: \"Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in this region: us-east-1. Please use this region to retry the request (Service: Lambda, Status Code: 400)\" (RequestToken: 2, HandlerErrorCode: InvalidRequest)"
        => "bucket of another region", "another region than us-west-2";
    a_bucket_of_another_account: "AWS::Lambda::Function",
        "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for the bucket. S3 Error Code: AccessDenied. S3 Error Message: Access Denied (Service: Lambda, Status Code: 403)"
        => "code is in another account or encrypted with a key of its own", "another account";
    code_that_is_missing: "AWS::Lambda::Function",
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist. (Service: AWSLambdaInternal; Status Code: 400; Error Code: InvalidParameterValueException; Request ID: 1)"
        => "code missing", "uploads it again";
    code_that_the_local_engine_misses: "AWS::Lambda::Function",
        "AWS::Lambda::Function code update failed: b'{\"__type\": \"InvalidParameterValueException\", \"message\": \"Failed to fetch code from s3://b/functions/search/4.zip\"}'"
        => "code missing", "uploads it again";
    a_bucket_that_is_missing: "AWS::Lambda::Function",
        "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist"
        => "bucket missing", "bootstrap stack";
    a_bucket_that_is_not_empty: "AWS::S3::Bucket",
        "The bucket 'b' is not empty. You must either delete all objects and versions or use the deletion policy to retain it, otherwise the delete operation will fail."
        => "bucket not empty", "empty the bucket";
    a_protected_table: "AWS::DynamoDB::Table",
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first. (Service: DynamoDb, Status Code: 400)"
        => "protected table", "--delete-data";
    a_key_that_may_not_be_used: "AWS::DynamoDB::Table",
        "User: arn:aws:iam::1:user/me is not authorized to perform: kms:CreateGrant on resource: arn:aws:kms:us-west-2:1:key/2 because no identity-based policy allows the kms:CreateGrant action"
        => "key access", "allow kms:CreateGrant";
    a_key_that_is_gone: "AWS::Lambda::Function",
        "Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's KMS key settings. KMS Exception: AccessDeniedExceptionKMS Message: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access."
        => "key access", "encryption key";
    a_missing_permission: "AWS::IAM::Role",
        "User: arn:aws:sts::1:assumed-role/deploy/me is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::1:role/Blue-search because no identity-based policy allows the iam:CreateRole action (Service: Iam, Status Code: 403, Request ID: 1)"
        => "permission", "needs iam:CreateRole";
    a_service_control_policy: "AWS::IAM::Role",
        "User: arn:aws:iam::1:user/me is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::1:role/x with an explicit deny in a service control policy"
        => "service control policy", "organisation forbids iam:CreateRole";
    credentials_that_expired: "AWS::Lambda::Function",
        "The security token included in the request is expired (Service: Lambda, Status Code: 403, Request ID: 1)"
        => "expired credentials", "sign in again";
    an_invalid_principal: "AWS::IAM::Role",
        "Resource handler returned message: \"Invalid principal in policy: \"AWS\":\"arn:aws::iam::1:root\" (Service: Iam, Status Code: 400, Request ID: 1) (SDK Attempt Count: 1)\" (RequestToken: 2, HandlerErrorCode: InvalidRequest)"
        => "invalid principal", "line named above";
    a_malformed_policy: "AWS::IAM::Role",
        "Resource x must be in ARN format or \"*\". (Service: AmazonIdentityManagement; Status Code: 400; Error Code: MalformedPolicyDocument; Request ID: 1)"
        => "malformed policy", "line named above";
    a_replacement_without_rollback: "AWS::ApiGateway::Stage",
        "Replacement type updates not supported on stack with disable-rollback."
        => "replacement without rollback", "cargo provision rollback --region us-west-2";
    a_stack_that_cannot_go_on: "",
        "This stack cannot be updated from [CREATE_FAILED] state because it contains [on-failure: DO_NOTHING]. Please use disable-rollback option instead during stack creation."
        => "created to do nothing on failure", "cargo provision rollback";
    a_stage_that_is_too_new: "AWS::ApiGateway::UsagePlan",
        "API Stage not found: 63zybslnqk:demo."
        => "stage not there yet", "nothing to mend";
    a_time_out: "AWS::ApiGateway::Deployment",
        "Resource timed out waiting for creation of physical resource"
        => "timed out", "cargo provision apply";
    a_resource_that_does_not_settle: "AWS::DynamoDB::Table",
        "Exceeded attempts to wait"
        => "timed out", "health.aws.amazon.com";
    no_access_to_the_model: "",
        "AccessDeniedException: You don't have access to the model with the specified model ID."
        => "model access", "Bedrock console of us-west-2";
    a_model_at_the_end_of_its_life: "",
        "ResourceNotFoundException: This model version has reached the end of its life. Please refer to the AWS documentation for more details."
        => "model gone", "--model-id ID";
    a_model_that_needs_a_profile: "",
        "ValidationException: Invocation of model ID anthropic.claude with on-demand throughput isn't supported. Retry your request with the ID or ARN of an inference profile that contains this model."
        => "model gone", "inference profile";
    a_runtime_that_is_gone: "AWS::Lambda::Function",
        "The runtime parameter of nodejs16.x is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions."
        => "runtime gone", "newer version";
    a_package_that_is_too_large: "AWS::Lambda::Function",
        "Unzipped size must be smaller than 262144000 bytes (Service: AWSLambdaInternal; Status Code: 400; Error Code: InvalidParameterValueException)"
        => "package too large", "--content DIR";
    a_template_that_is_not_taken: "AWS::IAM::Policy",
        "Required property [PolicyDocument] not found (at /Resources/BadPolicy/Properties)"
        => "template not taken", "cargo xtask templates";
    a_property_that_is_not_known: "AWS::DynamoDB::Table",
        "Properties validation failed for resource UsersTable with message: #: extraneous key [TTL] is not permitted"
        => "template not taken", "line named above";
}
