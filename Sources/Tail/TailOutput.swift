package import Journal
package import ReportIndex

/// Takes the events of a tail, in their order.
package protocol TailOutput: Sendable {
    /// - Parameter response: the status that a delivery was answered with; nil if nobody was answered.
    mutating func write(_ event: FeedEvent, response: Int?) throws

    /// All reports of the last delivery were written.
    mutating func finishDelivery() throws
}

/// Something a person should know of a tail.
package enum TailNote: Equatable, Sendable {
    case waiting(archivePath: String)
    /// The archive cannot be read now, and that is waited for.
    case unreadable(ArchiveError)
    case archiveAppeared
    case archiveReplaced
    case archiveIsAnother
    case noEarlierTail
    case unreadableState
    case stateNotWritten(path: String)
}
