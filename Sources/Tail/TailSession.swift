package import Deliveries
package import Journal
internal import Quarantine
package import ReportIndex

/// Follows an archive one look at a time. Nothing here waits.
///
/// ```
/// file ─ open, or open anew ─▶ where to begin ─▶ pages of what came ─▶ output ─▶ position, kept for the next tail
/// ```
package struct TailSession: Sendable {
    /// Where to begin.
    package enum Start: Equatable, Sendable {
        /// So many events before now.
        case last(Int)
        case since(Timestamp)
        /// Where the last tail stopped.
        case resumed
    }

    package struct Settings: Sendable {
        package var filter = ReportFilter()
        package var includesRejected = true
        package var start = Start.last(10)
        /// Most events to write; nil for all.
        package var limit: Int?

        package init() {}
    }

    /// Why nothing can be read, since when, and whether that was said.
    private struct Absence: Sendable {
        let error: ArchiveError
        let since: ContinuousClock.Instant
        let isTold: Bool
    }

    /// How long a file may be there and not be readable, as one is that a server is just making.
    package static let patience: Duration = .seconds(5)
    /// Events shown first where nothing else is said.
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
    /// That of the archive when it was last read to its end.
    private var seen: FeedState?
    private var absence: Absence?
    /// When the file was last looked at with success.
    private var lastSeen: Timestamp?
    /// Events written.
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

    /// Whether as many events were written as were wanted.
    package var isComplete: Bool {
        settings.limit.map { count >= $0 } ?? false
    }

    /// Why the archive could not be read at the last look; nil where it could.
    package var failure: ArchiveError? {
        absence?.error
    }

    /// The delivery up to which everything was written.
    package var lastDeliveryID: DeliveryID? {
        position?.deliveryID
    }

    /// Writes what has come since the last look. A file that is not there is looked for again the next time.
    package mutating func look(at now: Timestamp, _ instant: ContinuousClock.Instant) throws {
        let reader: ArchiveReader
        do {
            switch archive.look() {
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

    /// Keeps the position for the next tail, whatever ended this one.
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
        // What was not read to the end is read on the next time.
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

    /// Says once what is waited for, and fails where waiting does not help.
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
    /// The position, no further than `end` where numbers begin anew: in the quarantine and among replays.
    fileprivate func limited(to end: FeedPosition) -> FeedPosition {
        FeedPosition(
            arrival: arrival, rejected: QuarantineID(rawValue: min(rejected.rawValue, end.rejected.rawValue)),
            replay: min(replay, end.replay))
    }
}
