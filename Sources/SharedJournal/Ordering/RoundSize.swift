/// The maximum number of entries of each lane that the leader reads in one round.
///
/// A round that takes longer than the lease may append nothing, because another node can take the lead first. A round
/// that exceeds the time limit of a statement appends nothing either. With the same size, the next round would fail in
/// the same way. Therefore the size is divided by four after a round that appended nothing, down to one entry, and
/// doubled after a fast round that was full. Each append also extends the lease. So some node makes progress as long as
/// the database can start a term, and read and append one entry of each lane, within the lease.
struct RoundSize: Equatable {
    static let largest = 4 * LeaderTerm.runCountLimit

    /// A power of 2, so there are few versions of the statement that contains this number.
    private(set) var count = Self.largest

    /// Called after a round that failed or during which another node took the lead.
    mutating func noteFailure() {
        count = max(1, count / 4)
    }

    /// Called after a round that appended all entries that it had read.
    ///
    /// - Parameter limit: the time within which a round must end.
    mutating func noteRound(of entryCount: Int, in duration: Duration, limit: Duration) {
        guard entryCount >= count, duration < limit / 4 else { return }
        count = min(Self.largest, 2 * count)
    }
}
