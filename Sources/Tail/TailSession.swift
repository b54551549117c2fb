package import Deliveries
package import Journal
internal import Quarantine
package import ReportIndex

/// Follows an archive, one read at a time. Never waits.
///
/// ```
/// file ─ open or reopen ─▶ start ─▶ pages of events ─▶ output ─▶ position, written for the next tail
/// ```
package struct TailSession: Sendable {
    package enum Start: Equatable, Sendable {
        /// Start with this number of past events.
        case last(Int)
        case since(Timestamp)
        /// Continue where the last tail stopped.
        case resumed
    }

    package struct Settings: Sendable {
        package var filter = ReportFilter()
        package var includesRejected = true
        package var start = Start.last(10)
        /// The maximum number of events; nil for all.
        package var limit: Int?

        package init() {}
    }

    /// A period in which the archive cannot be read: its reason, its start, and whether a note was written.
    private struct Absence: Sendable {
        let error: ArchiveError
        let since: ContinuousClock.Instant
        let isTold: Bool
    }

    /// The time for which an archive may be unreadable, for example while a server creates it, before a note is
    /// written.
    package static let patience: Duration = .seconds(5)
    /// The default number of past events to show.
    package static let defaultCount = 10
    private static let pageCount = 1000

    private let settings: Settings
    private let note: @Sendable (TailNote) -> Void
    private let responses: DeliveryResponses
    private var archive: FollowedArchive
    private var output: any TailOutput
    private var journal: TailJournal
    private var position: FeedPosition?
    private var mark: ChainMark?
    /// The state of the archive when it was last read to its end.
    private var seen: FeedState?
    private var absence: Absence?
    /// The time of the last successful read.
    private var lastSeen: Timestamp?
    package private(set) var count = 0

    package init(
        _ settings: Settings, archive: FollowedArchive, responses: DeliveryResponses, output: any TailOutput,
        environment: [String: String], note: @escaping @Sendable (TailNote) -> Void
    ) {
        self.settings = settings
        self.archive = archive
        self.responses = responses
        self.output = output
        self.journal = TailJournal(environment: environment, note: note)
        self.note = note
    }

    /// True if the maximum number of events was written.
    package var isComplete: Bool {
        settings.limit.map { count >= $0 } ?? false
    }

    /// The error of the last read; nil if it succeeded.
    package var failure: ArchiveError? {
        absence?.error
    }

    package var lastDeliveryID: DeliveryID? {
        position?.deliveryID
    }

    /// Writes the events since the last read. If the archive is missing, the next call checks for it again.
    package mutating func poll(at now: Timestamp, _ instant: ContinuousClock.Instant) throws {
        let reader: ArchiveReader
        do {
            switch archive.check() {
            case .absent(let error): throw error
            case .same(let opened): reader = opened
            case .opened(let opened):
                reader = opened
                try begin(reader, now)
            }
            try follow(reader, instant)
            absence = nil
            lastSeen = now
        } catch let error as ArchiveError {
            archive.close()
            try wait(for: error, instant)
        }
    }

    /// Writes the position for the next tail.
    package mutating func finish() {
        try? output.finishDelivery()
        guard let position else { return }
        journal.keep(position, mark)
    }

    private mutating func begin(_ reader: ArchiveReader, _ now: Timestamp) throws {
        if absence?.isTold == true { note(.archiveAppeared) }
        seen = nil
        journal.open(reader.directory)
        let end = try reader.feedEnd()
        guard let position else { return try beginFirst(reader, end) }
        if try reader.recognises(position, mark) {
            self.position = position.limited(to: end)
        } else {
            note(.archiveReplaced)
            self.position = try reader.feedPosition(since: lastSeen ?? now)
            mark = nil
        }
    }

    private mutating func beginFirst(_ reader: ArchiveReader, _ end: FeedPosition) throws {
        var count = Self.defaultCount
        switch settings.start {
        case .last(let wanted): count = wanted
        case .since(let moment):
            position = try reader.feedPosition(since: moment)
            return
        case .resumed:
            switch journal.kept {
            case .state(let kept) where try reader.recognises(kept.position, kept.mark):
                position = kept.position.limited(to: end)
                return
            case .state:
                note(.archiveIsAnother)
                count = 0
            case .none: note(.noEarlierTail)
            case .unreadable: note(.unreadableState)
            }
        }
        let events = try reader.lastEvents(
            min(count, settings.limit ?? count), upTo: end, matching: settings.filter,
            includesRejected: settings.includesRejected)
        position = end
        for event in events { try write(event, reader) }
        try output.finishDelivery()
    }

    private mutating func follow(
        _ reader: ArchiveReader, _ instant: ContinuousClock.Instant
    ) throws {
        guard var next = position else { return }
        let state = try reader.feedState()
        var hasMore = state != seen
        while hasMore, !isComplete, !Task.isCancelled {
            let page = try reader.feed(
                after: next, matching: settings.filter, includesRejected: settings.includesRejected,
                limit: Self.pageCount)
            for event in page.events where !isComplete {
                try write(event, reader)
                next.advance(past: event)
                position = next
            }
            if !isComplete { next = page.end }
            hasMore = page.hasMore
            position = next
            if mark?.position != next.deliveryID?.rawValue { mark = try reader.mark(of: next) ?? mark }
            journal.keep(next, mark, at: instant)
        }
        // More events follow; the next call reads them.
        if !hasMore { seen = state }
        journal.keep(next, mark, at: instant)
        try output.finishDelivery()
    }

    private mutating func write(_ event: FeedEvent, _ reader: ArchiveReader) throws {
        let response: Int? =
            switch event {
            case .arrived(let arrival): responses.status(of: arrival, reader)
            case .rejected: DeliveryResponses.rejected
            case .replayed: nil
            }
        try output.write(event, response: response)
        count += 1
    }

    /// Writes a note with the reason for waiting, but only once. Throws if waiting does not help.
    private mutating func wait(for error: ArchiveError, _ instant: ContinuousClock.Instant) throws(ArchiveError) {
        let since = absence?.since ?? instant
        var isTold = absence.map { $0.isTold && $0.error == error } ?? false
        defer { absence = Absence(error: error, since: since, isTold: isTold) }
        switch error {
        case .missing(let path):
            if !isTold { note(.waiting(archivePath: path)) }
            isTold = true
        case .heldByAnother:
            guard !isTold, instant - since >= Self.patience else { return }
            note(.unreadable(error))
            isTold = true
        default:
            guard instant - since < Self.patience else { throw error }
        }
    }
}

extension FeedPosition {
    /// The position, limited to `end`. The IDs of the quarantine and of replays can start again, so a stored position
    /// can be too high.
    fileprivate func limited(to end: FeedPosition) -> FeedPosition {
        FeedPosition(
            arrival: arrival, rejected: QuarantineID(rawValue: min(rejected.rawValue, end.rejected.rawValue)),
            replay: min(replay, end.replay))
    }
}
