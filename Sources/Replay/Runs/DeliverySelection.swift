package import Deliveries
internal import Journal
package import ReportIndex

/// The deliveries to replay, with totals for a preview.
package struct DeliverySelection: Sendable {
    /// A property that excludes a delivery unless an option includes it.
    package enum Doubt: String, Sendable, CaseIterable, Codable {
        /// The verification failed or expired on arrival, or a person released the delivery unverified.
        case unproved
        /// The delivery was fetched from a provider's API, so the provider never sent it as a webhook.
        case fetched
    }

    /// The reason why `ids` does not contain a delivery.
    package enum Omission: Hashable, Sendable {
        /// Retention removed the body.
        case pruned
        case doubtful(Doubt)
    }

    private struct Entry {
        let id: DeliveryID
        let receivedAt: Timestamp
        let byteCount: Int
        /// The index of the delivery's group in `groups`.
        let share: Int
    }

    private var entries: [Entry] = []
    private var places: [Share: Int] = [:]
    private var groups: [Share] = []
    package private(set) var omissions: [Omission: [DeliveryID]] = [:]
    private let included: Set<Doubt>
    private var last: DeliveryID?

    /// A group of deliveries in the preview.
    package struct Share: Hashable, Sendable {
        package let source: String
        /// The type of the delivery's first report.
        package let type: String
        package let verification: String
    }

    package init(including included: Set<Doubt> = []) {
        self.included = included
    }

    /// Selects deliveries by ID. Includes deliveries with a `Doubt`.
    ///
    /// - Throws: `ReplayError.noDelivery`, `ArchiveError`.
    package init(_ numbers: [DeliveryID], _ reader: ArchiveReader) throws {
        self.init(including: Set(Doubt.allCases))
        for id in Set(numbers).sorted() {
            guard let kept = try reader.keptDelivery(id) else { throw ReplayError.noDelivery(id) }
            let delivery = kept.delivery
            let share = Share(
                source: delivery.source, type: try reader.reports(of: id).first?.report.type ?? "-",
                verification: delivery.verification.rawValue)
            add(
                id, delivery.request.receivedAt, kept.bodyByteCount, share, delivery.verification,
                isPruned: kept.pruningReason != nil)
        }
    }

    /// Adds the delivery that contains a report. Memory use grows by 32 bytes per delivery.
    package mutating func add(_ report: ReportSummary) {
        // The reports of one delivery are adjacent, so comparing with the last delivery avoids duplicates.
        guard last != report.deliveryID else { return }
        last = report.deliveryID
        let share = Share(
            source: report.source, type: report.type, verification: report.verification.rawValue)
        add(
            report.deliveryID, report.receivedAt, report.bodyByteCount, share, report.verification,
            isPruned: report.isBodyPruned)
    }

    private mutating func add(
        _ id: DeliveryID, _ receivedAt: Timestamp, _ bodyByteCount: Int, _ share: Share, _ verification: Verification,
        isPruned: Bool
    ) {
        let doubt: Doubt? =
            switch verification {
            case .failed, .expired: .unproved
            case .fetched: .fetched
            case .verified, .unverified: nil
            }
        if isPruned { return omissions[.pruned, default: []].append(id) }
        if let doubt, !included.contains(doubt) { return omissions[.doubtful(doubt), default: []].append(id) }
        // Limits the number of groups, because senders choose the types.
        let known = places[share] != nil || places.count < 1000
        let counted = known ? share : Share(source: share.source, type: "…", verification: share.verification)
        let place = places[counted] ?? groups.count
        if place == groups.count {
            groups.append(counted)
            places[counted] = place
        }
        entries.append(Entry(id: id, receivedAt: receivedAt, byteCount: bodyByteCount, share: place))
    }

    /// Sorts the deliveries, oldest first, and keeps at most `limit`. Called after the last `add`.
    ///
    /// - Parameter limit: nil for all.
    package mutating func finish(limit: Int?) {
        entries.sort { $0.id < $1.id }
        entries.removeLast(max(0, entries.count - (limit ?? .max)))
    }

    /// Keeps only the deliveries whose last replay failed.
    package mutating func keepFailed(_ expected: ExpectedStatuses, _ reader: ArchiveReader) throws {
        entries = try entries.filter { entry in
            try reader.replays(of: entry.id).last.map { !expected.accepts($0) } ?? false
        }
    }

    /// The IDs in the order of arrival, which is their numeric order.
    package var ids: [DeliveryID] { entries.map(\.id) }

    package var count: Int { entries.count }

    package var firstReceivedAt: Timestamp? { entries.map(\.receivedAt).min() }
    package var lastReceivedAt: Timestamp? { entries.map(\.receivedAt).max() }

    /// The total size of the bodies as they arrived.
    package var byteCount: Int64 {
        entries.reduce(0) { sum, entry in
            let (next, overflow) = sum.addingReportingOverflow(Int64(entry.byteCount))
            return overflow ? .max : next
        }
    }

    /// The groups and the number of deliveries in each, largest first.
    package var shares: [(share: Share, count: Int)] {
        var counts = [Int](repeating: 0, count: groups.count)
        for entry in entries { counts[entry.share] += 1 }
        return zip(groups, counts).filter { $0.1 > 0 }.map { ($0, $1) }.sorted {
            ($1.count, $0.share.source, $0.share.type, $0.share.verification)
                < ($0.count, $1.share.source, $1.share.type, $1.share.verification)
        }
    }

    /// The plan of a run that sends these deliveries.
    ///
    /// - Parameter identities: the fields that identify a link, case or person.
    package func plan(
        _ settings: ReplaySettings, identities: [IdentityFamily], _ reader: ArchiveReader
    ) throws -> RunPlan {
        RunPlan(
            settings, deliveries: ids,
            arrivals: settings.speed == nil ? [] : entries.map(\.receivedAt.millisecondsSinceEpoch),
            cases: settings.order == .case ? try cases(identities, reader) : [])
    }

    /// A case number for each delivery. Deliveries of the same link, case or person have the same number.
    private func cases(_ identities: [IdentityFamily], _ reader: ArchiveReader) throws -> [Int] {
        let families = identities.filter { $0.subject != nil }
        var numbers: [String: Int] = [:]
        var count = 0
        return try ids.map { id in
            let values = try reader.reports(of: id).flatMap { report in
                report.fields(in: families).map { "\(report.report.source) \($0.value)" }
            }
            let known = values.lazy.compactMap { numbers[$0] }.first
            let number = known ?? count
            if known == nil { count += 1 }
            for value in values where numbers[value] == nil { numbers[value] = number }
            return number
        }
    }
}
