package import Deliveries
internal import Synchronization

/// The metrics of a server. Counting a delivery takes only atomic additions, no lock and no allocation.
///
/// The number of labels is limited: each configured source has its own label, and all other sources share the label
/// `other`. Reasons beyond `reasonCountLimit` also share one label.
package final class ServerMetrics: Sendable {
    static let reasonCountLimit = 64

    /// The counters of one source.
    private final class SourceCounters: Sendable {
        let archived = Verification.allCases.flatMap { verification in
            ServerMetrics.statuses.map { (verification: verification, status: $0, count: Counter()) }
        }
        /// The time of the last delivery, in milliseconds since 1970; 0 if there is none.
        let lastArrival = Atomic<Int64>(0)
    }

    /// The counters of all sources that were added at the start, or by one reload. Deliveries read a table without a
    /// lock while a reload adds another table.
    private final class SourceTable: Sendable {
        let counters: [String: SourceCounters]
        let next = AtomicLazyReference<SourceTable>()

        init(_ names: some Sequence<String>) {
            counters = Dictionary(names.map { ($0, SourceCounters()) }) { first, _ in first }
        }

        func counters(of source: String) -> SourceCounters? {
            counters[source] ?? next.load()?.counters(of: source)
        }

        var all: [(name: String, counters: SourceCounters)] {
            counters.map { ($0.key, $0.value) } + (next.load()?.all ?? [])
        }
    }

    /// The statuses of acknowledgements: 200 to providers, 303 to browsers that are redirected.
    private static let statuses = [200, 303]

    private struct RejectionKey: Hashable {
        let source: String
        let status: Int
        let reason: String
    }

    /// The maximum number of tables, and thus of reloads that add sources. Sources that are added later count as
    /// `other`.
    private static let tableCountLimit = 100

    let handshakes = Counter()
    let malformed = Counter()
    let unquarantined = Counter()
    /// The time from the last byte of a delivery to its response.
    let acknowledgement = Histogram()
    /// The duration of journal transactions: insert and fsync.
    let commit = Histogram()
    /// The duration of the readiness check's synced writes.
    let fsync = Histogram()
    /// The number of bodies that wait for an encoding thread or are being encoded.
    let offloaded = Counter()
    private let sources: SourceTable
    private let other = SourceCounters()
    private let rejections = Mutex<[RejectionKey: Int]>([:])
    private let now: @Sendable () -> Timestamp

    package init(sources: [String], now: @escaping @Sendable () -> Timestamp) {
        self.sources = SourceTable(sources)
        self.now = now
    }

    /// Adds counters for new sources. Called by one thread at a time.
    func add(sources names: [String]) {
        let new = names.filter { sources.counters(of: $0) == nil }
        guard !new.isEmpty else { return }
        var last = sources
        var count = 1
        while let next = last.next.load() { (last, count) = (next, count + 1) }
        if count < Self.tableCountLimit { _ = last.next.storeIfNil(SourceTable(new)) }
    }

    func noteArchived(_ source: String, _ verification: Verification, _ status: Int, after duration: Duration) {
        let counters = sources.counters(of: source) ?? sources.counters(of: "other") ?? other
        counters.archived.first { $0.verification == verification && $0.status == status }?.count.add()
        counters.lastArrival.store(now().millisecondsSinceEpoch, ordering: .relaxed)
        acknowledgement.observe(duration)
    }

    func noteRejected(_ source: String?, _ status: Int, _ reason: String) {
        let name = source.map { sources.counters(of: $0) == nil ? "other" : $0 } ?? "other"
        let key = RejectionKey(source: name, status: status, reason: RejectionReason.label(reason))
        rejections.withLock { rejections in
            if rejections[key] == nil, rejections.count >= Self.reasonCountLimit {
                rejections[RejectionKey(source: "other", status: 0, reason: "other"), default: 0] += 1
            } else {
                rejections[key, default: 0] += 1
            }
        }
    }

    var archivedCount: Int {
        all.reduce(0) { $0 + $1.counters.archived.reduce(0) { $0 + $1.count.value } }
    }

    var rejectedCount: Int {
        rejections.withLock { $0.values.reduce(0, +) }
    }

    private var all: [(name: String, counters: SourceCounters)] {
        let configured = sources.all
        // If a configured source has the name `other`, only that source is listed under this name.
        let others = configured.contains { $0.name == "other" } ? [] : [("other", other)]
        return (configured + others).sorted { $0.name < $1.name }
    }

    /// Writes the metrics that this process counts. `ArchiveGauges` writes the metrics of the archive's files.
    func write(to text: inout MetricsText) {
        let all = all
        text.add("callbox_deliveries_total", .counter, "Archived deliveries.") { series in
            for (name, counters) in all {
                for (verification, status, count) in counters.archived where count.value > 0 || status == 200 {
                    series.add(
                        ["source": name, "verification": verification.rawValue, "status": "\(status)"],
                        Double(count.value))
                }
            }
        }
        text.add(
            "callbox_last_delivery_timestamp_seconds", .gauge, "Time of the last delivery since the server started."
        ) {
            for (name, counters) in all {
                let milliseconds = counters.lastArrival.load(ordering: .relaxed)
                if milliseconds > 0 { $0.add(["source": name], Double(milliseconds) / 1000) }
            }
        }
        let rejected = rejections.withLock { $0 }.sorted {
            ($0.key.source, $0.key.status, $0.key.reason) < ($1.key.source, $1.key.status, $1.key.reason)
        }
        text.add("callbox_rejections_total", .counter, "Requests that were not archived.") { series in
            for (key, count) in rejected {
                series.add(
                    [
                        "source": key.source, "status": key.status == 0 ? "other" : "\(key.status)",
                        "reason": key.reason,
                    ],
                    Double(count))
            }
        }
        text.add("callbox_handshakes_total", .counter, "Handshakes and connectivity tests.", Double(handshakes.value))
        text.add(
            "callbox_malformed_requests_total", .counter, "Requests that are not valid HTTP.", Double(malformed.value))
        text.add(
            "callbox_quarantine_dropped_total", .counter, "Rejected deliveries that were not quarantined.",
            Double(unquarantined.value))
        text.add(
            "callbox_acknowledgement_seconds", "Time from the last byte of a delivery to its response.",
            acknowledgement)
        text.add("callbox_commit_seconds", "Duration of a journal transaction, including fsync.", commit)
        text.add("callbox_fsync_seconds", "Duration of a synced write of the readiness check.", fsync)
        text.add(
            "callbox_offloaded_bodies", .gauge, "Bodies that wait for an encoding thread or are being encoded.",
            Double(offloaded.value))
    }
}

/// Reduces the reasons of rejections to a limited number of label values.
enum RejectionReason {
    /// The reason without its numbers, such as the seconds in "the signed time is 312 s off". Keeps the numbers in
    /// names such as HTTP/1.1.
    static func label(_ reason: String) -> String {
        reason.contains(where: \.isNumber) ? reason.replacing(/(^| )-?\d+/) { "\($0.1)N" } : reason
    }
}
