package import Deliveries
package import ReportIndex

/// Makes the requests of one run:
///
///     delivery ─▶ change the body ▸ sign ▸ address ▸ change headers ▸ mark ─▶ plan
///
/// The signature covers the changed body. Headers that are changed by name also replace those of the signature.
package struct ReplayPreparation: Sendable {
    /// The header with the ID of the run. A delivery that was replayed twice has it twice.
    package static let runHeader = "Callbox-Replay"
    /// The header with the ID of the delivery in this archive.
    package static let deliveryHeader = "Callbox-Delivery"

    let url: String
    let changes: ReplayChanges
    let signer: ReplaySigner?
    let runID: String?

    /// - Parameters:
    ///   - signer: nil to send the old signature.
    ///   - runID: nil to send no marks.
    package init(
        to url: String, changes: ReplayChanges = ReplayChanges(), signer: ReplaySigner? = nil, runID: String? = nil
    ) {
        self.url = url
        self.changes = changes
        self.signer = signer
        self.runID = runID
    }

    /// True if the old signatures are replaced.
    package var isSigning: Bool { signer != nil }

    /// - Throws: `ReplayError`.
    package func plan(_ delivery: ArchivedDelivery) throws(ReplayError) -> ReplayPlan {
        let original = delivery.request
        let body = try changes.body(of: delivery)
        var request = original.replacing(headers: original.headers, body: body)
        if let signer {
            request = request.replacing(
                headers: HeaderFields(try signer.headers(of: request, for: delivery)), body: body)
        }
        var plan = try ReplayPlan(delivery.replacing(request), to: url)
        plan.headers = changes.headers(of: plan.headers)
        plan.isChanged = !changes.isEmpty
        if let runID {
            plan.headers.removeAll { $0.name.matchesIgnoringASCIICase(Self.deliveryHeader) }
            plan.headers += [
                HeaderField(Self.runHeader, runID), HeaderField(Self.deliveryHeader, "\(delivery.id.rawValue)"),
            ]
        }
        return plan
    }

    /// The plan for a delivery of an archive; nil if retention removed its body.
    ///
    /// - Throws: `ReplayError`, `ArchiveError`.
    package func plan(_ id: DeliveryID, in reader: ArchiveReader) throws -> ReplayPlan? {
        guard let kept = try reader.keptDelivery(id) else { throw ReplayError.noDelivery(id) }
        guard kept.pruningReason == nil else { return nil }
        return try plan(kept.delivery)
    }
}

extension InboundRequest {
    fileprivate func replacing(headers: HeaderFields, body: [UInt8]) -> InboundRequest {
        InboundRequest(method: method, target: target, headers: headers, body: body, peer: peer, receivedAt: receivedAt)
    }
}

extension ArchivedDelivery {
    fileprivate func replacing(_ request: InboundRequest) -> ArchivedDelivery {
        ArchivedDelivery(
            id: id, uuid: uuid, source: source, request: request, verification: verification, secretName: secretName,
            bodySHA256: bodySHA256)
    }
}
