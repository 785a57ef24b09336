//! The known causes, as data; the first that tells a failure is taken, so the special stand before
//! the general.
//!
//! The texts are those that people report for these services (each test has one, as recorded), and
//! those of the services' API references.

use super::Pattern;

const TABLE: &str = "AWS::DynamoDB::Table";
const LOG_GROUP: &str = "AWS::Logs::LogGroup";
const FUNCTION: &str = "AWS::Lambda::Function";

/// Every known cause.
pub const PATTERNS: &[Pattern] = &[
    Pattern {
        name: "model access",
        kinds: &[],
        texts: &[
            &["access to the model with the specified model id"],
            &["model access is denied"],
            &["use case details have not been submitted"],
        ],
        fix: "ask for the model once, in the Bedrock console of {region} (Model catalog); \
              `cargo provision doctor {flags}` looks whether it is granted",
    },
    Pattern {
        name: "model gone",
        kinds: &[],
        texts: &[
            &["reached the end of its life"],
            &["provided model identifier is invalid"],
            &["on-demand throughput isn"],
        ],
        fix: "that model cannot be asked (any more); name an inference profile that can: {apply} \
              --model-id ID",
    },
    Pattern {
        name: "service control policy",
        kinds: &[],
        texts: &[&["explicit deny in a service control policy"]],
        fix: "the organisation forbids {action} in this account; ask who keeps its service \
              control policies, then: {apply}",
    },
    Pattern {
        name: "code is in another account or encrypted with a key of its own",
        kinds: &[],
        texts: &[&["s3 error code: accessdenied"]],
        fix: "Lambda may not read the artifact bucket: it belongs to another account, or its key \
              refuses; look at CodeBucket in `cargo provision plan {flags}`, then: {apply}",
    },
    Pattern {
        name: "key access",
        kinds: &[],
        texts: &[
            &["kms", "is not authorized to perform"],
            &["kmsaccessdenied"],
            &["the ciphertext refers to a customer master key"],
            &["kms access was denied"],
            &["kms key", "is not accessible"],
        ],
        fix: "the principal may not use that encryption key: allow {action} on it, in the key's \
              policy too; then: {apply}",
    },
    Pattern {
        name: "permission",
        kinds: &[],
        texts: &[
            &["is not authorized to perform"],
            &["accessdenied"],
            &["access denied"],
            &["handlererrorcode: unauthorizedtaggingoperation"],
        ],
        fix: "the deploying principal needs {action}: `cargo provision policy {flags}` prints all \
              that it needs; then: {apply}",
    },
    Pattern {
        name: "expired credentials",
        kinds: &[],
        texts: &[
            &["security token included in the request is expired"],
            &["security token included in the request is invalid"],
            &["handlererrorcode: invalidcredentials"],
        ],
        fix: "the credentials ran out while CloudFormation worked with them; sign in again, \
              then: {apply}",
    },
    Pattern {
        name: "no log role",
        kinds: &[],
        texts: &[&["cloudwatch logs role arn must be set in account settings"]],
        fix: "API Gateway has lost the role that it writes logs with, which the bootstrap stack \
              had set for {region}; `cargo provision doctor {flags}` says how to set it again; \
              then: {apply}",
    },
    Pattern {
        name: "log role not yet usable",
        kinds: &["AWS::ApiGateway::Account"],
        texts: &[&["role arn does not have required permissions"]],
        fix: "the new role has not reached API Gateway yet; in a minute: {apply}",
    },
    Pattern {
        name: "role not yet known",
        kinds: &[],
        texts: &[
            &["role defined for the function cannot be assumed by lambda"],
            &["the role named", "does not exist"],
            &["iam role", "doesn't exist"],
        ],
        fix: "the new role has not reached every part of AWS yet; nothing to mend, in a minute: \
              {apply}",
    },
    Pattern {
        name: "owned by another stack",
        kinds: &[],
        texts: &[&["already exists in stack arn:"]],
        fix: "another stack owns that name; deploy with names of its own: {apply} --prefix NAME",
    },
    Pattern {
        name: "table exists",
        kinds: &[TABLE],
        texts: &[&["already exist"], &["alreadyexists"], &["resourceinuse"]],
        fix: "a table of that name is outside the stack; to take it over with its data: {apply} \
              --adopt",
    },
    Pattern {
        name: "log group exists",
        kinds: &[LOG_GROUP],
        texts: &[&["already exist"], &["alreadyexists"]],
        fix: "a log group of that name was left behind; delete it (aws logs delete-log-group \
              --log-group-name '{name}' --region {region}), then: {apply}",
    },
    Pattern {
        name: "name exists",
        kinds: &[],
        texts: &[
            &["already exist"],
            &["alreadyexists"],
            &["name_conflict_validation"],
        ],
        fix: "something named {name} is outside the stack: delete it if nobody needs it, or \
              deploy with names of its own (--prefix NAME); then: {apply}",
    },
    Pattern {
        name: "reserved concurrency",
        kinds: &[],
        texts: &[&["unreservedconcurrentexecution below its minimum value"]],
        fix: "the account may run too few functions at once to reserve any: raise the Lambda \
              quota `Concurrent executions` in {region} (Service Quotas, L-B99A9384), then: {apply}",
    },
    Pattern {
        name: "code storage",
        kinds: &[FUNCTION],
        texts: &[&["code storage limit exceeded"], &["codestorageexceeded"]],
        fix: "the account's functions take all the storage that Lambda gives in {region}: delete \
              old versions of others, or raise that quota; then: {apply}",
    },
    Pattern {
        name: "policy too large",
        kinds: &[],
        texts: &[
            &["maximum policy size of", "exceeded"],
            &["quota for aclsizeperrole"],
            &["quota for policysize"],
            &["final policy size is bigger than the limit"],
        ],
        fix: "a policy has outgrown its limit: take grants out of the arrows of that function, \
              or split the function; then: {apply}",
    },
    Pattern {
        name: "too many roles",
        kinds: &[],
        texts: &[&["quota for rolesperaccount"]],
        fix: "the account has all the roles that it may have: delete unused ones, or raise the \
              IAM quota `Roles per account`; then: {apply}",
    },
    Pattern {
        name: "too many tables at once",
        kinds: &[],
        texts: &[&["subscriber limit exceeded"]],
        fix: "others are making tables in {region} too, or the account has all it may have; in \
              some minutes: {apply}",
    },
    Pattern {
        name: "throttled",
        kinds: &[],
        texts: &[
            &["rate exceeded"],
            &["too many requests"],
            &["toomanyrequests"],
            &["handlererrorcode: throttling"],
            &["throttlingexception"],
        ],
        fix: "the account made more calls than the service takes; nothing to mend, in some \
              minutes: {apply}",
    },
    Pattern {
        name: "concurrent change",
        kinds: &[],
        texts: &[
            &["concurrent modification"],
            &["handlererrorcode: resourceconflict"],
            &["an update is in progress for resource"],
            &["operation cannot be performed at this time"],
        ],
        fix: "something else was changing the same thing just then; when that is done: {apply}",
    },
    Pattern {
        name: "quota",
        kinds: &[],
        texts: &[
            &["limitexceeded"],
            &["limit exceeded"],
            &["servicequotaexceeded"],
            &["limit for", "has been exceeded"],
            &["maximum number of"],
            &["quota"],
        ],
        fix: "a quota of the account is used up: raise it (Service Quotas), or delete what \
              nobody needs; then: {apply}",
    },
    Pattern {
        name: "bucket of another region",
        kinds: &[],
        texts: &[&["permanentredirect"], &["the bucket is in this region"]],
        fix: "the artifact bucket is in another region than {region}: every region has a \
              bootstrap stack of its own; look at CodeBucket in `cargo provision plan {flags}`, \
              then: {apply}",
    },
    Pattern {
        name: "code missing",
        kinds: &[],
        texts: &[
            &["s3 error code: nosuchkey"],
            &["the specified key does not exist"],
            // The local engine's words.
            &["failed to fetch code from s3"],
        ],
        fix: "a package is gone from the artifact bucket; this uploads it again: {apply}",
    },
    Pattern {
        name: "bucket missing",
        kinds: &[],
        texts: &[&["nosuchbucket"], &["the specified bucket does not exist"]],
        fix: "the artifact bucket is gone; delete the bootstrap stack, which believes in it, \
              then: {apply}",
    },
    Pattern {
        name: "bucket not empty",
        kinds: &["AWS::S3::Bucket"],
        texts: &[&["is not empty"]],
        fix: "empty the bucket {name} if nobody needs what is in it, then run the same command \
              again",
    },
    Pattern {
        name: "protected table",
        kinds: &[TABLE],
        texts: &[&["protected against deletion"], &["deletion protection"]],
        fix: "a table keeps its data until that is asked for: cargo provision destroy {flags} \
              --delete-data",
    },
    Pattern {
        name: "invalid principal",
        kinds: &[],
        texts: &[&["invalid principal"]],
        fix: "a policy names a role, user or service that does not exist (any more); make it, or \
              take it out on the line named above; then: {apply}",
    },
    Pattern {
        name: "malformed policy",
        kinds: &[],
        texts: &[&["malformedpolicydocument"], &["syntax errors in policy"]],
        fix: "IAM does not take that policy; mend it on the line named above, then: {apply}",
    },
    Pattern {
        name: "replacement without rollback",
        kinds: &[],
        texts: &[&["replacement type updates not supported on stack with disable-rollback"]],
        fix: "what must be replaced cannot be without rollback: cargo provision rollback {flags}; \
              then, without --no-rollback: {apply}",
    },
    Pattern {
        name: "created to do nothing on failure",
        kinds: &[],
        texts: &[&["contains [on-failure: do_nothing]"]],
        fix: "another tool made this stack so that it cannot go on: cargo provision rollback \
              {flags}; then: {apply}",
    },
    Pattern {
        name: "stage not there yet",
        kinds: &["AWS::ApiGateway::UsagePlan"],
        texts: &[&["api stage not found"], &["invalid api stage"]],
        fix: "the stage has not reached the usage plan yet; nothing to mend: {apply}",
    },
    Pattern {
        name: "timed out",
        kinds: &[],
        texts: &[
            &["timed out waiting"],
            &["exceeded attempts to wait"],
            &["did not stabilize"],
            &["handlererrorcode: notstabilized"],
            &["handlererrorcode: networkfailure"],
            &["handlererrorcode: serviceinternalerror"],
            &["internal error"],
            &["internalfailure"],
        ],
        fix: "the service did not finish in time; look at https://health.aws.amazon.com, \
              then: {apply}",
    },
    Pattern {
        name: "runtime gone",
        kinds: &[FUNCTION],
        texts: &[&["runtime parameter", "no longer supported"]],
        fix: "Lambda has retired that runtime: a newer version of this toolkit names the next \
              one; build it, then: {apply}",
    },
    Pattern {
        name: "package too large",
        kinds: &[FUNCTION],
        texts: &[
            &["unzipped size must be smaller than"],
            &["request must be smaller than"],
        ],
        fix: "a package is larger than Lambda takes; package less content (--content DIR), \
              then: {apply}",
    },
    Pattern {
        name: "template not taken",
        kinds: &[],
        texts: &[
            &["properties validation failed"],
            &["extraneous key"],
            &["required property"],
            &["required key"],
            &["property_validation"],
            &["unresolved resource dependencies"],
            &["encountered unsupported property"],
            &["template format error"],
        ],
        fix: "CloudFormation does not take what our template says: mend the line named above, \
              write the templates again (cargo xtask templates), then: {apply}",
    },
];
