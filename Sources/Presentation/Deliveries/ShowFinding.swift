package import Deliveries
internal import Journal
package import Providers
internal import Redaction
package import ReportIndex
internal import StrictJSON
internal import TerminalOutput
internal import TextForms

/// Reads the deliveries that `show` names.
package struct ShowFinding {
    let reader: ArchiveReader
    /// The number of the element to show; nil for the whole body.
    let part: Int?
    private let providers: ProviderCatalog

    /// A delivery, or one of its reports.
    package struct Place: CustomStringConvertible {
        package let id: DeliveryID
        /// The number of the report to show; nil for all reports.
        let ordinal: Int?

        package init(id: DeliveryID, ordinal: Int?) {
            self.id = id
            self.ordinal = ordinal
        }

        /// The ID as users enter it: `42`, or `42.2` for a report.
        package var description: String {
            ordinal.map { "\(id).\($0)" } ?? "\(id)"
        }
    }

    package init(_ reader: ArchiveReader, part: Int?, _ providers: ProviderCatalog) {
        self.reader = reader
        self.part = part
        self.providers = providers
    }

    var secrets: ProviderSecrets { providers.secrets }

    func view(of place: Place) throws -> DeliveryView {
        let kept = try kept(place)
        let all = try reader.reports(of: place.id)
        let reports = all.filter { place.ordinal == nil || $0.ordinal == place.ordinal }
        if let ordinal = place.ordinal, reports.isEmpty {
            throw PresentationError.noReport(place.id, ordinal: ordinal, reportCount: all.count)
        }
        var view = DeliveryView(
            delivery: kept.delivery, reports: reports, replays: try reader.replays(of: place.id),
            secrets: secrets)
        view.newer = try reader.newerReport(than: place.id, identities: providers.identities)
        view.pruning = kept.pruning
        if kept.pruning != nil { view.prunedBodyByteCount = kept.bodyByteCount }
        view.part = try self.part(of: kept, place, reportCount: all.count)
        return view
    }

    /// The exact bytes of the body, or the JSON text of the element.
    func body(of place: Place) throws -> [UInt8] {
        guard let delivery = try reader.delivery(place.id) else { throw PresentationError.noDelivery(place.id) }
        guard let part else { return delivery.request.body }
        return try found(part, in: delivery.readableBody.bytes, of: place.id).bytes
    }

    /// The delivery. The body is missing if the delivery was pruned.
    ///
    /// - Throws: `PresentationError.noDelivery`.
    package func kept(_ place: Place) throws -> KeptDelivery {
        guard let kept = try reader.keptDelivery(place.id) else { throw PresentationError.noDelivery(place.id) }
        return kept
    }

    private func part(of kept: KeptDelivery, _ place: Place, reportCount: Int) throws -> BodyPart? {
        if let part {
            if let pruning = kept.pruning { throw ArchiveError.pruned(place.id, reason: pruning.reason) }
            return try found(part, in: kept.delivery.readableBody.bytes, of: place.id)
        }
        // If the body is an array with as many elements as the delivery has reports, each element is one report.
        guard let ordinal = place.ordinal, reportCount > 1,
            case .success(let part) = BodyPart.find(ordinal, in: kept.delivery.readableBody.bytes),
            part.count == reportCount
        else { return nil }
        return part
    }

    private func found(_ number: Int, in body: [UInt8], of id: DeliveryID) throws(PresentationError) -> BodyPart {
        switch BodyPart.find(number, in: body) {
        case .success(let part): return part
        case .failure(let missing):
            throw missing.count == 0 ? .notAnArray(id) : .noPart(id, partCount: missing.count)
        }
    }
}
