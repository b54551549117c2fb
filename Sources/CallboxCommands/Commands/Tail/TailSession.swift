internal import Deliveries
internal import Journal
internal import Quarantine
internal import ReportIndex
internal import TerminalOutput

/// Follows an archive one look at a time. Nothing here waits.
///
/// ```
/// file ─ open, or open anew ─▶ where to begin ─▶ pages of what came ─▶ output ─▶ position, kept for the next tail
/// ```
struct TailSession {
    /// Where to begin.
    enum Start: Equatable {
        /// So many events before now.
        case last(Int)
        case since(Timestamp)
        /// Where the last tail stopped.
        case resumed
    }

    struct Settings {
        var filter = ReportFilter()
        var includesRejected = true
        var start = Start.last(10)
        /// Most events to write; nil for all.
        var limit: Int?
    }

    /// Why nothing can be read, since when, and whether that was said.
    private struct Absence {
        let error: ArchiveError
        let since: ContinuousClock.Instant
        let isTold: Bool
    }

    /// How long a file may be there and not be readable, as one is that a server is just making.
    static let patience: Duration = .seconds(5)
    /// Events shown first where nothing else is said.
    static let defaultCount = 10
    private static let pageCount = 1000

    private let settings: Settings
    private let console: Console
    private let responses: DeliveryResponses
    private var archive: FollowedArchive
    private var output: TailOutput
    private var journal: TailJournal
    private var position: FeedPosition?
    private var mark: ChainMark?
    /// That of the archive when it was last read to its end.
    private var changeNumber: Int64?
    private var absence: Absence?
    /// When the file was last looked at with success.
    private var lastSeen: Timestamp?
    /// Events written.
    private(set) var count = 0

    init(
        _ settings: Settings, archive: FollowedArchive, responses: DeliveryResponses, output: TailOutput,
        journal: TailJournal, console: Console
    ) {
        self.settings = settings
        self.archive = archive
        self.responses = responses
        self.output = output
        self.journal = journal
        self.console = console
    }

    /// Whether as many events were written as were wanted.
    var isComplete: Bool {
        settings.limit.map { count >= $0 } ?? false
    }

    /// Why the archive could not be read at the last look; nil where it could.
    var failure: CommandFailure? {
        absence.map { CommandFailure($0.error) }
    }

    /// The delivery up to which everything was written.
    var lastDeliveryID: DeliveryID? {
        position?.deliveryID
    }

    /// Writes what has come since the last look. A file that is not there is looked for again the next time.
    mutating func look(at now: Timestamp, _ instant: ContinuousClock.Instant) throws {
        let reader: ArchiveReader
        do throws(ArchiveReadFailure) {
            switch archive.look() {
            case .absent(let error): throw .archive(error)
            case .same(let opened): reader = opened
            case .opened(let opened):
                reader = opened
                try begin(reader, now)
            }
            try follow(reader, instant)
            absence = nil
            lastSeen = now
        } catch .archive(let error) {
            archive.close()
            try wait(for: error, instant)
        } catch .stopped(let error) {
            throw error
        }
    }

    /// Keeps the position for the next tail, whatever ended this one.
    mutating func finish() {
        try? output.finishDelivery()
        guard let position else { return }
        journal.keep(position, mark)
    }

    private mutating func begin(_ reader: ArchiveReader, _ now: Timestamp) throws(ArchiveReadFailure) {
        if absence?.isTold == true { console.note("callbox: the archive is there") }
        changeNumber = nil
        journal.open(reader.directory)
        let end = try reader.feedEnd()
        guard let position else { return try beginFirst(reader, end) }
        if try reader.recognises(position, mark) {
            self.position = position.limited(to: end)
        } else {
            console.note("callbox: another archive is in its place; following what comes to that one")
            self.position = try reader.feedPosition(since: lastSeen ?? now)
            mark = nil
        }
    }

    private mutating func beginFirst(_ reader: ArchiveReader, _ end: FeedPosition) throws(ArchiveReadFailure) {
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
                console.note(
                    "callbox: this is not the archive that the last tail followed, or it was restored; starting now")
                count = 0
            case .none: console.note("callbox: no tail has followed this archive yet; starting now")
            case .unreadable: console.note("callbox: what the last tail left does not read back; starting now")
            }
        }
        let events = try reader.lastEvents(
            min(count, settings.limit ?? count), upTo: end, matching: settings.filter,
            includesRejected: settings.includesRejected)
        position = end
        for event in events { try write(event, reader) }
        try stopping { try output.finishDelivery() }
    }

    private mutating func follow(
        _ reader: ArchiveReader, _ instant: ContinuousClock.Instant
    ) throws(ArchiveReadFailure) {
        guard var next = position else { return }
        let number = try reader.changeNumber()
        var hasMore = number != changeNumber
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
        if !hasMore { changeNumber = number }
        journal.keep(next, mark, at: instant)
        try stopping { try output.finishDelivery() }
    }

    private mutating func write(_ event: FeedEvent, _ reader: ArchiveReader) throws(ArchiveReadFailure) {
        let response: Int? =
            switch event {
            case .arrived(let arrival): responses.status(of: arrival, reader)
            case .rejected: DeliveryResponses.rejected
            case .replayed: nil
            }
        try stopping { try output.write(event, response: response) }
        count += 1
    }

    private func stopping(_ work: () throws -> Void) throws(ArchiveReadFailure) {
        do {
            try work()
        } catch {
            throw .stopped(error)
        }
    }

    /// Says once what is waited for, and fails where waiting does not help.
    private mutating func wait(for error: ArchiveError, _ instant: ContinuousClock.Instant) throws(CommandFailure) {
        let since = absence?.since ?? instant
        var isTold = absence.map { $0.isTold && $0.error == error } ?? false
        defer { absence = Absence(error: error, since: since, isTold: isTold) }
        switch error {
        case .missing(let path):
            if !isTold { console.note("callbox: waiting for an archive at \(TerminalText.escape(path))") }
            isTold = true
        case .heldByAnother:
            guard !isTold, instant - since >= Self.patience else { return }
            console.note(CommandFailure(error).description + "\n  Waiting for that.")
            isTold = true
        default:
            guard instant - since < Self.patience else { throw CommandFailure(error) }
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
