//! Reads the groups that are wanted, to their ends, and then as they grow.

use std::future::Future;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::Client;
use contract::Failure;
use deploy_target::Target;
use futures::future::try_join_all;
use jiff::Timestamp;

use super::merge::{Merge, Next};
use super::{Entry, Group};

/// Where groups are read.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The log service.
    pub client: &'a Client,
    /// The target, for errors.
    pub target: &'a Target,
}

impl Place<'_> {
    /// How often growing groups are asked. Regions allow as few as five such calls a second.
    pub const fn pause(&self) -> Duration {
        if self.target.is_local() {
            Duration::from_millis(250)
        } else {
            Duration::from_secs(2)
        }
    }

    /// Gives every line of `groups`, by time, to `take`, which says whether it wants more.
    ///
    /// # Errors
    /// Where a group cannot be read, or `take` fails.
    pub async fn read<T>(&self, groups: &mut [Group], mut take: T) -> anyhow::Result<bool>
    where
        T: FnMut(&Entry) -> anyhow::Result<bool>,
    {
        let mut merge = Merge::new(groups.len());
        loop {
            match merge.next_line() {
                Next::Entry(entry) => {
                    if !take(&entry)? {
                        return Ok(false);
                    }
                }
                Next::Ask(sources) => {
                    for (source, page, ended) in self.pages(groups, &sources).await? {
                        merge.take(source, page, ended);
                    }
                }
                Next::End => return Ok(true),
            }
        }
    }

    async fn pages(
        &self,
        groups: &mut [Group],
        sources: &[usize],
    ) -> Result<Vec<(usize, Vec<Entry>, bool)>, Failure> {
        let asked = groups
            .iter_mut()
            .enumerate()
            .filter(|(number, _)| sources.contains(number));
        let pages = asked.map(|(number, group)| async move {
            let page = group.page(self.client, self.target).await?;
            Ok((number, page, group.is_at_end()))
        });
        try_join_all(pages).await
    }

    /// The same, then what comes new, until `stop`.
    ///
    /// # Errors
    /// As [`Place::read`].
    pub async fn follow<T>(
        &self,
        groups: &mut [Group],
        stop: impl Future,
        mut take: T,
    ) -> anyhow::Result<()>
    where
        T: FnMut(&Entry) -> anyhow::Result<bool>,
    {
        let growing = async {
            while self.read(groups, &mut take).await? {
                tokio::time::sleep(self.pause()).await;
                let now = Timestamp::now().as_millisecond();
                for group in groups.iter_mut() {
                    group.extend_to(now);
                }
            }
            Ok(())
        };
        tokio::select! {
            ended = growing => ended,
            _ = stop => Ok(()),
        }
    }
}
