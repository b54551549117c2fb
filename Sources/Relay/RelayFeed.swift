internal import Deliveries
internal import Foundation
internal import Journal
internal import Quarantine
internal import ReportIndex
internal import Synchronization
internal import Tail

/// Reads the deliveries of an archive after a position, in order. Blocks, so it runs on a thread pool, one thread at a
/// time.
///
/// Without conditions on reports, the feed reads the journal and returns a delivery as soon as it is committed. With
/// conditions on reports, the feed waits for the index.
final class RelayFeed: Sendable {
    enum Item: Sendable {
        case delivery(ArchivedDelivery)
        case pruned(RelayedDelivery)
        /// The bytes of the delivery cannot be read.
        case damaged(RelayedDelivery, String)

        var id: DeliveryID {
            switch self {
            case .delivery(let delivery): delivery.id
            case .pruned(let delivery), .damaged(let delivery, _): delivery.id
            }
        }
    }

    struct Page: Sendable {
        var items: [Item] = []
        /// True if more items can be read at once.
        var hasMore = false
        /// True if the index has not reached the end of the journal.
        var isBehind = false
        var notes: [RelayNote] = []
        /// The reason why the archive could not be read; nil after a successful read.
        var failure: ArchiveError?
    }

    private struct State: Sendable {
        var archive: FollowedArchive
        var position: RelayPosition?
        var journal: JournalReader?
        var file = RelayPositionFile(nil)
        var written: RelayPosition?
        var cannotWrite = false
        var failure: ArchiveError?
        /// The time of the last successful read; nil before the first successful read.
        var readAt: Timestamp?
        /// The notes of `prepare`, returned with the first page.
        var notes: [RelayNote] = []
    }

    /// The maximum number of entries per read.
    private static let countLimit = 200
    private static let byteCountLimit = 8 << 20

    private let settings: RelaySettings
    private let environment: [String: String]
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>
    private let writing = Mutex(())

    init(
        _ settings: RelaySettings, _ archive: FollowedArchive, environment: [String: String],
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.now = now
        self.settings = settings
        self.environment = environment
        state = Mutex(State(archive: archive))
    }

    /// Determines the position before the first read, so deliveries that are committed before that read are not
    /// skipped.
    func prepare() {
        state.withLock { state in
            var page = Page()
            _ = try? open(&state, &page)
            state.notes = page.notes
        }
    }

    /// The next deliveries. If the archive cannot be read, the next call opens it again.
    func next() -> Page {
        state.withLock { state in
            var page = Page()
            swap(&page.notes, &state.notes)
            do throws(ArchiveError) {
                try read(&state, &page)
                state.failure = nil
                state.readAt = now()
            } catch {
                state.archive.close()
                state.journal = nil
                if case .missing(let path) = error, state.failure != error {
                    page.notes.append(.waiting(archivePath: path))
                }
                state.failure = error
                page.failure = error
            }
            return page
        }
    }

    /// Moves the position past a delivery. The relay has finished this delivery and all earlier deliveries.
    func finish(_ id: DeliveryID) {
        state.withLock { $0.position = RelayPosition(entry: id.rawValue, chain: nil) }
    }

    /// Writes the position if it changed. Blocks for an fsync.
    ///
    /// - Returns: a note about the first failure; nil on success and on later failures.
    func writePosition() -> RelayNote? {
        // Waits for a write that is in progress, because a thread of the pool completes the write of a cancelled task.
        writing.withLock { _ in writeMovedPosition() }
    }

    private func writeMovedPosition() -> RelayNote? {
        let (position, written, file, journal) = state.withLock { ($0.position, $0.written, $0.file, $0.journal) }
        guard let position, position != written else { return nil }
        let chain = position.chain ?? (try? journal?.entry(position.entry))?.chain
        let failedPath = file.write(RelayPosition(entry: position.entry, chain: chain))
        return state.withLock { state in
            guard let failedPath else {
                state.written = position
                return nil
            }
            defer { state.cannotWrite = true }
            return state.cannotWrite ? nil : .positionNotWritten(path: failedPath)
        }
    }

    private func open(_ state: inout State, _ page: inout Page) throws(ArchiveError) -> ArchiveReader {
        switch state.archive.check() {
        case .absent(let error): throw error
        case .same(let reader) where state.journal != nil: return reader
        case .same(let reader), .opened(let reader):
            try begin(reader, &state, &page)
            return reader
        }
    }

    private func read(_ state: inout State, _ page: inout Page) throws(ArchiveError) {
        let reader = try open(&state, &page)
        guard let journal = state.journal, let position = state.position else { return }
        let end: Int64
        if settings.filter.looksAtReports {
            end = try Self.translating(reader) { try self.matching(after: position.entry, reader, &page) }
            page.isBehind = try (journal.end()?.position ?? 0) > end
        } else {
            end = try entries(after: position.entry, journal, &page)
        }
        // If no entry matched, moves the position past the entries that were read.
        if page.items.isEmpty, end > position.entry { state.position = RelayPosition(entry: end, chain: nil) }
    }

    // MARK: Beginning

    private func begin(_ reader: ArchiveReader, _ state: inout State, _ page: inout Page) throws(ArchiveError) {
        let journal = try JournalReader(reader.directory.journal)
        state.journal = journal
        let end = try journal.end()
        let now = RelayPosition(entry: end?.position ?? 0, chain: end?.chain)
        if let position = state.position {
            guard try !position.belongs(to: journal) else { return }
            page.notes.append(.archiveReplaced)
            let moment = state.readAt ?? self.now()
            let id = try Self.translating(reader) { try reader.feedPosition(since: moment).deliveryID }
            state.position = RelayPosition(entry: id?.rawValue ?? 0, chain: nil)
            return
        }
        state.file = RelayPositionFile(
            FollowerFile(named: "relay-\(settings.name)", of: reader.directory, environment: environment))
        state.position = now
        switch settings.start {
        case .now: break
        case .since(let moment):
            let id = try Self.translating(reader) { try reader.feedPosition(since: moment).deliveryID }
            state.position = RelayPosition(entry: id?.rawValue ?? 0, chain: nil)
        case .resumed:
            switch state.file.read() {
            case .position(let position) where try position.belongs(to: journal): state.position = position
            case .position: page.notes.append(.positionIsOfAnotherArchive)
            case .none: page.notes.append(.noPosition)
            case .unreadable: page.notes.append(.unreadablePosition)
            }
        }
    }

    /// Translates errors. `work` contains only reads of this module, which throw `ArchiveError`.
    private static func translating<Value>(
        _ reader: ArchiveReader, _ work: () throws -> Value
    ) throws(ArchiveError) -> Value {
        do {
            return try work()
        } catch let error as ArchiveError {
            throw error
        } catch {
            throw .damaged("\(reader.directory.path) cannot be read")
        }
    }

    // MARK: Pages

    /// Adds the matching entries to the page.
    ///
    /// - Returns: the last position that was read.
    private func entries(
        after position: Int64, _ journal: JournalReader, _ page: inout Page
    ) throws(ArchiveError) -> Int64 {
        let rows = try journal.entries(
            after: position, countLimit: Self.countLimit, byteCountLimit: Self.byteCountLimit)
        let sources = settings.filter.sources
        for row in rows where row.isDelivery && (sources.isEmpty || sources.contains(row.source)) {
            if let verification = row.origin.verification.flatMap(Verification.init), !settings.includes(verification) {
                continue
            }
            let described = RelayedDelivery(
                id: row.id, source: row.source, receivedAt: row.recordedAt, byteCount: row.byteCount, attempt: 0)
            if row.isPruned {
                page.items.append(.pruned(described))
                continue
            }
            do throws(ArchiveError) {
                page.items.append(.delivery(try row.delivery()))
            } catch {
                guard case .damaged(let text) = error else { throw error }
                page.items.append(.damaged(described, text))
            }
        }
        page.hasMore =
            try rows.last.map { last throws(ArchiveError) in try (journal.end()?.position ?? 0) > last.position }
            ?? false
        return rows.last?.position ?? position
    }

    private func matching(after position: Int64, _ reader: ArchiveReader, _ page: inout Page) throws -> Int64 {
        guard let start = ReportID(delivery: DeliveryID(rawValue: position + 1), ordinal: 0) else { return position }
        let feed = try reader.feed(
            after: FeedPosition(arrival: start, rejected: QuarantineID(rawValue: 0), replay: .max),
            matching: settings.filter,
            includesRejected: false, limit: Self.countLimit)
        var last = position
        for case .arrived(let arrival) in feed.events where arrival.report.deliveryID.rawValue > last {
            let report = arrival.report
            last = report.deliveryID.rawValue
            guard settings.includes(report.verification) else { continue }
            let described = RelayedDelivery(
                id: report.deliveryID, source: report.source, receivedAt: report.receivedAt,
                byteCount: report.bodyByteCount, attempt: 0)
            do {
                guard let kept = try reader.keptDelivery(report.deliveryID) else { continue }
                page.items.append(kept.pruningReason == nil ? .delivery(kept.delivery) : .pruned(described))
            } catch ArchiveError.damaged(let text) {
                page.items.append(.damaged(described, text))
            }
            // The page is full; the next call reads the rest.
            if page.items.reduce(0, { $0 + $1.byteCount }) >= Self.byteCountLimit { return last }
        }
        page.hasMore = feed.hasMore
        return max(last, feed.end.deliveryID?.rawValue ?? last)
    }
}

extension RelayFeed.Item {
    fileprivate var byteCount: Int {
        if case .delivery(let delivery) = self { delivery.request.body.count } else { 0 }
    }
}
