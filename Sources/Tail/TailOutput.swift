package import Journal
package import ReportIndex

/// Receives the events of a tail in order.
package protocol TailOutput: Sendable {
    /// Writes an event.
    ///
    /// - Parameter response: the status of the response to a delivery; nil if there is none.
    mutating func write(_ event: FeedEvent, response: Int?) throws

    /// Called after all reports of a delivery were written.
    mutating func finishDelivery() throws
}

/// A message from a tail to the user.
package enum TailNote: Equatable, Sendable {
    case waiting(archivePath: String)
    /// The archive cannot be read yet.
    case unreadable(ArchiveError)
    case archiveAppeared
    case archiveReplaced
    case archiveIsAnother
    case noEarlierTail
    case unreadableState
    case stateNotWritten(path: String)
}
