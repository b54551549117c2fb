package import Deliveries

extension Provider {
    /// The headers of a request, with a new signature or secret instead of the old one. Uses the first of `secrets`
    /// with which `verify` accepts the request at `time`.
    ///
    /// Uses the scheme of the old signature, or else the provider's first scheme that works with one of the secrets.
    /// Keeps a signed ID, because receivers recognise a repeat by this ID. Also renews an unsigned time of sending.
    ///
    /// - Parameters:
    ///   - secrets: the secrets to try, in that order.
    ///   - id: the ID to sign if the request has no signed ID.
    /// - Returns: nil if no secret creates a signature that `verify` accepts.
    package func renewingProof(
        of request: InboundRequest, with secrets: [Secret], at time: Timestamp, id: String
    ) -> [HeaderField]? {
        let carried = descriptor.schemes.filter { $0.isCarried(by: request.headers) }
        for secret in secrets {
            for scheme in carried.isEmpty ? descriptor.schemes : carried {
                let proof = scheme.proof(of: request, with: secret, at: time, id: id)
                let replaced = proof.map(\.name) + carried.compactMap { $0.hmac?.named(in: request.headers).header }
                let kept = request.headers.fields.compactMap { field -> HeaderField? in
                    guard !replaced.contains(where: { field.name.matchesIgnoringASCIICase($0) }) else { return nil }
                    guard let header = descriptor.unsignedTimeHeader, field.name.matchesIgnoringASCIICase(header) else {
                        return field
                    }
                    return HeaderField(field.name, "\(time.millisecondsSinceEpoch / 1000)")
                }
                let renewed = InboundRequest(
                    method: request.method, target: request.target, headers: HeaderFields(kept + proof),
                    body: request.body, peer: request.peer, receivedAt: time)
                let check = verify(
                    renewed, with: [secret], toleranceMilliseconds: OriginPolicy.defaultToleranceMilliseconds)
                if case .verified = check { return renewed.headers.fields }
            }
        }
        return nil
    }
}

extension Provider {
    /// The headers that authenticate a request: headers with a signature, and headers with the secret itself.
    package func proofHeaders(of request: InboundRequest) -> (signatures: [String], secrets: [String]) {
        var names: (signatures: [String], secrets: [String]) = ([], [])
        for scheme in descriptor.schemes {
            let header = scheme.hmac?.named(in: request.headers).header ?? scheme.header
            if case .secretItself = scheme.proof {
                names.secrets.append(header)
            } else if request.headers.values(named: header).allSatisfy(scheme.isSignature) {
                names.signatures += [header] + scheme.companions
            }
        }
        return names
    }
}

extension OfflineScheme {
    /// True if a request has the scheme's header. Several schemes may use the same header if it is not an HMAC.
    fileprivate func isCarried(by headers: HeaderFields) -> Bool {
        headers.contains(hmac?.named(in: headers).header ?? header)
    }

    /// False if a value of the header may be a secret.
    fileprivate func isSignature(_ value: String) -> Bool {
        signaturePrefix.map { value.utf8.starts(with: $0.utf8) } ?? true
    }

    /// The headers that sign a request. Uses the header names that the request already has.
    fileprivate func proof(
        of request: InboundRequest, with secret: Secret, at time: Timestamp, id: String
    ) -> [HeaderField] {
        switch proof {
        case .signature(let sign):
            guard let scheme = hmac?.named(in: request.headers) else { return sign(request.body, secret, time, nil) }
            let signedID = scheme.idHeader.map { request.headers.onlyValue(named: $0) ?? id }
            return scheme.headers(signing: request.body, with: secret, at: time, id: signedID)
        case .secretItself(_, let present): return [present(secret)]
        }
    }
}
