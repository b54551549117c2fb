package import Deliveries
internal import Journal
package import Providers
internal import Redaction
package import ReportIndex

/// Creates the requests of one run:
///
///     delivery ─▶ change the body ▸ sign ▸ drop credentials ▸ address ▸ change headers ▸ mark ▸ faults ─▶ plan
///
/// The signature covers the changed body. Headers that the user sets replace signature headers with the same names.
package struct ReplayPreparation: Sendable {
    /// The header with the ID of the run. A delivery that was replayed twice has two of these headers.
    package static let runHeader = ReplayMark.header
    /// The header with the ID of the delivery in this archive.
    package static let deliveryHeader = "Callbox-Delivery"

    /// A source of the configuration.
    package struct Source: Sendable {
        let provider: any Provider
        let path: String

        package init(provider: any Provider, path: String) {
            self.provider = provider
            self.path = path
        }
    }

    /// The target; a failure if the URL is not an HTTP URL.
    private let target: Result<ReplayTarget, ReplayError>
    let changes: ReplayChanges
    let signer: ReplaySigner?
    /// True if all requests get new signatures; false if only faults need the signer.
    private let signsAll: Bool
    /// The sources by name.
    let sources: [String: Source]
    let keepsPath: Bool
    let keepsCredentials: Bool
    let faults: FaultPlan
    /// The ID of the run for the replay mark; nil if no mark is sent.
    package var runID: String?

    /// - Parameters:
    ///   - signer: creates new signatures; nil to send the original signatures.
    ///   - sources: the configured sources, which determine the signature and path of a delivery.
    ///   - keepsPath: whether to append the path below the source's path to the path of `url`.
    ///   - keepsCredentials: whether to send headers such as Authorization and Cookie.
    ///   - signsAll: false if only faults need the signer.
    package init(
        to url: String, changes: ReplayChanges = ReplayChanges(), signer: ReplaySigner? = nil, runID: String? = nil,
        sources: [String: Source] = [:], keepsPath: Bool = false, keepsCredentials: Bool = false,
        faults: FaultPlan = FaultPlan(), signsAll: Bool? = nil
    ) {
        do throws(ReplayError) {
            target = .success(try ReplayTarget(url))
        } catch {
            target = .failure(error)
        }
        self.changes = changes
        self.signer = signer
        self.signsAll = signsAll ?? (signer != nil)
        self.runID = runID
        self.sources = sources
        self.keepsPath = keepsPath
        self.keepsCredentials = keepsCredentials
        self.faults = faults
    }

    /// - Parameter signer: creates new signatures; required if the settings need a signer.
    package init(_ settings: ReplaySettings, signer: ReplaySigner?, sources: [String: Source]) {
        self.init(
            to: settings.url, changes: settings.changes, signer: signer, sources: sources,
            keepsPath: settings.keepsPath, keepsCredentials: settings.keepsCredentials, faults: settings.faults,
            signsAll: settings.signs)
    }

    /// True if the original signatures are replaced.
    package var isSigning: Bool { signsAll }

    /// The plan for a delivery.
    ///
    /// - Parameter item: the index in the run, which determines the faults.
    /// - Throws: `ReplayError`.
    package func plan(_ delivery: ArchivedDelivery, item: Int = 0) throws(ReplayError) -> ReplayPlan {
        let original = delivery.request
        let faults = faults.faults(at: item)
        let body = try changes.body(of: delivery)
        var request = original.replacing(headers: ReplayChanges.headers(of: original, with: body), body: body)
        let isSigned = signsAll || faults.contains(where: \.isSigned)
        if let signer, isSigned {
            let flaw: ReplaySigner.Flaw? =
                faults.contains(.wrongSecret) ? .wrongSecret : faults.contains(.expired) ? .expired : nil
            request = request.replacing(
                headers: HeaderFields(try signer.headers(of: request, for: delivery, flaw: flaw)), body: body)
        }
        if !keepsCredentials {
            let kept = withoutCredentials(request, of: delivery, isSigned: isSigned)
            request = request.replacing(headers: HeaderFields(kept), body: body)
        }
        var plan = ReplayPlan(
            delivery.replacing(request), to: try target.get(), appending: keepsPath ? path(of: delivery) : "")
        plan.headers = changes.headers(of: plan.headers)
        for field in plan.headers where !field.isOneLine { throw .unsafeHeader(delivery.id, name: field.name) }
        plan.changes = changes.names
        if let runID {
            plan.headers.removeAll { $0.name.matchesIgnoringASCIICase(Self.deliveryHeader) }
            plan.headers += [
                HeaderField(Self.runHeader, ReplayMark.value(run: runID, delivery: delivery.uuid)),
                HeaderField(Self.deliveryHeader, "\(delivery.id.rawValue)"),
            ]
        }
        if faults.contains(.truncate) { plan.body = Array(body.prefix(self.faults.cut(body.count, at: item))) }
        plan.changes += faults.map { "fault \($0.name)" }
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

    /// Removes headers that contain credentials. Keeps signatures, because a signature is only valid for one body.
    private func withoutCredentials(
        _ request: InboundRequest, of delivery: ArchivedDelivery, isSigned: Bool
    ) -> [HeaderField] {
        let proofs = sources[delivery.source]?.provider.proofHeaders(of: request)
        let kept = (proofs?.signatures ?? []) + (isSigned ? proofs?.secrets ?? [] : [])
        return request.headers.fields.filter { field in
            !SecretNames.isSecretHeader(field.name)
                || field.name.lowercased().contains("signature")
                || kept.contains { field.name.matchesIgnoringASCIICase($0) }
        }
    }

    /// The path below the source's path. Empty for a fetched delivery, whose path belongs to the provider's API.
    private func path(of delivery: ArchivedDelivery) -> String {
        let path = delivery.request.target.path
        guard delivery.verification != .fetched, let source = sources[delivery.source], path.hasPrefix(source.path)
        else { return "" }
        let rest = path.dropFirst(source.path.hasSuffix("/") ? source.path.count - 1 : source.path.count)
        return rest.isEmpty || rest.hasPrefix("/") ? String(rest) : ""
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
