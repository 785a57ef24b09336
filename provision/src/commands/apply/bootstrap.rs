//! The bootstrap stack comes first.

use contract::Failure;

use super::stack::Apply;
use crate::apply::bootstrap::{self, Bootstrap};
use crate::apply::change_set;
use crate::apply::client::Request;
use crate::plan::grade::graded;

/// How often the bootstrap stack is tried where other first deployments are making it too.
const ATTEMPTS: usize = 5;

/// What came of a try.
enum Made {
    /// CloudFormation sees nothing to change: the template reads otherwise and asks for the same.
    Nothing,
    /// The stack was made or updated.
    Changed,
}

impl Apply<'_> {
    /// Makes or updates the bootstrap stack where needed; returns the bucket. Two first deployments
    /// may meet here: one makes it, the other waits for that.
    pub async fn bootstrap(&self, place: &str) -> anyhow::Result<String> {
        let client = self.client;
        let mut asked = false;
        for _ in 0..ATTEMPTS {
            bootstrap::wait(client).await?;
            let state = Bootstrap::read(client).await?;
            let Some(request) = state.request(client)? else {
                return bucket(&state);
            };
            if state.creates() && !asked {
                let question = format!("Make {} first ({place})?", request.stack);
                self.consent().ask(question).await?;
                asked = true;
            }
            let made = self.make_bootstrap(&state, &request, place).await;
            if matches!(made, Ok(Made::Nothing)) {
                return bucket(&state);
            }
            let now = Bootstrap::read(client).await?;
            match made {
                Err(error) if !now.is_taken_care_of() => return Err(error),
                _ if now.is_current() => return bucket(&now),
                _ => {}
            }
        }
        Err(Failure::new("the bootstrap stack changes again and again")
            .hint("others are deploying in this region too; run the same command again")
            .into())
    }

    async fn make_bootstrap(
        &self,
        state: &Bootstrap,
        request: &Request,
        place: &str,
    ) -> anyhow::Result<Made> {
        let client = self.client;
        if let Some(id) = state.failed() {
            change_set::delete(client, self.journal, id).await?;
        }
        let sides = state.sides(client).await?;
        let Some(proposal) = change_set::propose(client, self.journal, request).await? else {
            return Ok(Made::Nothing);
        };
        let checked = if state.creates() {
            self.consent().passes(&proposal.plan.clone().of_new())
        } else {
            let plan = graded(&proposal.plan, &sides.before, &sides.after);
            self.consent().to(&plan, place).await
        };
        if let Err(refusal) = checked {
            change_set::discard(client, &request.stack, &request.name, request.create).await?;
            return Err(refusal);
        }
        let keep = state.is_paused();
        change_set::execute(client, self.journal, &proposal, keep).await?;
        Ok(Made::Changed)
    }
}

fn bucket(bootstrap: &Bootstrap) -> anyhow::Result<String> {
    let bucket = bootstrap.live_bucket().ok_or_else(|| {
        Failure::new("the bootstrap stack names no artifact bucket")
            .hint("delete the bootstrap stack, then run the same command again")
    })?;
    Ok(bucket.to_owned())
}
