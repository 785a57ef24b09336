//! Members of maps and sets, in order.

/// One member that was written, without its comma.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub start: usize,
    /// End of what it is sorted by.
    pub name_end: usize,
    pub end: usize,
}

/// Puts `members`, which end `out` with a comma between each two, in order. Whether two are equal.
pub(super) fn sort(members: &mut [Written], out: &mut Vec<u8>) -> bool {
    let name = |out: &[u8], member: &Written| -> std::ops::Range<usize> {
        let _ = out;
        member.start..member.name_end
    };
    let in_order = members
        .windows(2)
        .all(|two| out[name(out, &two[0])] < out[name(out, &two[1])]);
    let Some(first) = members.first().map(|member| member.start) else {
        return false;
    };
    if in_order {
        return false;
    }
    let written = out.split_off(first);
    let bytes = |start: usize, end: usize| &written[start - first..end - first];
    members.sort_unstable_by(|one, other| {
        bytes(one.start, one.name_end).cmp(bytes(other.start, other.name_end))
    });
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(bytes(member.start, member.end));
    }
    members
        .windows(2)
        .any(|two| bytes(two[0].start, two[0].name_end) == bytes(two[1].start, two[1].name_end))
}
