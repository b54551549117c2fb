internal import Analysis
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Finds what `show` is asked for.
struct ShowFinding {
    let reader: ArchiveReader
    /// The part of the body that is wanted; nil for all of it.
    let part: Int?

    /// A delivery that is there, and the report of it that is wanted.
    struct Place: CustomStringConvertible {
        let id: DeliveryID
        let ordinal: Int?

        var description: String {
            ordinal.map { "\(id).\($0)" } ?? "\(id)"
        }
    }

    func place(of target: ReportReference) throws(CommandFailure) -> Place {
        switch target {
        case .latest:
            var filter = ReportFilter()
            filter.limit = 1
            let newest = try translating { try reader.reports(matching: filter) }
            guard let id = newest.first?.deliveryID else {
                throw CommandFailure(.negative, "there is no report in this archive yet")
            }
            return Place(id: id, ordinal: nil)
        case .delivery(let id, let ordinal):
            guard try translating({ try reader.hasDelivery(id) }) else {
                throw CommandFailure.noSuchDelivery(id)
            }
            return Place(id: id, ordinal: ordinal)
        }
    }

    /// Everything that is known of it.
    func view(of place: Place) throws(CommandFailure) -> DeliveryView {
        let kept = try kept(place)
        let all = try translating { try reader.reports(of: place.id) }
        var reports = all
        if let ordinal = place.ordinal {
            reports = all.filter { $0.ordinal == ordinal }
            guard !reports.isEmpty else {
                throw CommandFailure(
                    .negative, "delivery \(place.id) has no report \(ordinal)",
                    advice: "It brought \(HumanText.count(all.count, "report")): callbox show \(place.id)")
            }
        }
        var view = DeliveryView(
            delivery: kept.delivery, reports: reports,
            replays: try translating { try reader.replays(of: place.id) })
        view.newer = try translating {
            try reader.newerReport(than: place.id, identities: CallboxCommand.providers.identities)
        }
        view.pruning = kept.pruning
        if kept.pruning != nil { view.prunedBodyByteCount = kept.bodyByteCount }
        view.part = try self.part(of: kept, place, reportCount: all.count)
        return view
    }

    /// The body, or the part of it that is wanted, as it came.
    func body(of place: Place) throws(CommandFailure) -> [UInt8] {
        let delivery = try translating { try reader.delivery(place.id) }
        guard let delivery else { throw CommandFailure.noSuchDelivery(place.id) }
        guard let part else { return delivery.request.body }
        return try found(part, in: delivery.request.body, of: place.id).bytes
    }

    private func kept(_ place: Place) throws(CommandFailure) -> KeptDelivery {
        let kept = try translating { try reader.keptDelivery(place.id) }
        guard let kept else { throw CommandFailure.noSuchDelivery(place.id) }
        return kept
    }

    private func part(
        of kept: KeptDelivery, _ place: Place, reportCount: Int
    ) throws(CommandFailure) -> BodyPart? {
        if let part {
            if let pruning = kept.pruning { throw CommandFailure(.pruned(place.id, reason: pruning.reason)) }
            return try found(part, in: kept.delivery.request.body, of: place.id)
        }
        // An array with as many elements as reports has one for each.
        guard let ordinal = place.ordinal, reportCount > 1,
            case .success(let part) = BodyPart.find(ordinal, in: kept.delivery.request.body),
            part.count == reportCount
        else { return nil }
        return part
    }

    private func found(
        _ number: Int, in body: [UInt8], of id: DeliveryID
    ) throws(CommandFailure) -> BodyPart {
        switch BodyPart.find(number, in: body) {
        case .success(let part): return part
        case .failure(let missing):
            throw missing.count == 0
                ? CommandFailure(
                    .negative, "the body of delivery \(id) has no parts: it is no JSON array",
                    advice: "Leave --part out.")
                : CommandFailure(
                    .negative, "the body of delivery \(id) has \(HumanText.count(missing.count, "part"))",
                    advice: "Name one of them.")
        }
    }
}
