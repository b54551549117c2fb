package import Deliveries

extension HMACScheme {
    /// Checks a request's signature with every secret, in constant time, and compares the signed time with the time of
    /// arrival.
    func check(_ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64) -> OriginCheck {
        let claim = HMACClaim.read(request.headers, self)
        let surroundings = (try? claim.get())?.surroundings(self)
        // Compares even if the signature is missing, because this check must take as long as that of a wrong signature.
        let match = ConstantTime.secret(
            among: secrets, in: self, before: surroundings?.before ?? [], body: request.body,
            after: surroundings?.after ?? [], candidates: (try? claim.get())?.signatures ?? [])
        switch claim {
        case .failure(let rejection): return .failed(rejection)
        case .success(let claim):
            guard let match else { return .failed(.mismatch) }
            guard signsTime, let timestamp = claim.timestamp else { return .verified(secretName: match.name) }
            let age = request.receivedAt.milliseconds(since: timestamp)
            let isFresh = (-toleranceMilliseconds...toleranceMilliseconds).contains(age)
            return isFresh ? .verified(secretName: match.name) : .expired(secretName: match.name, milliseconds: age)
        }
    }

    /// The headers with which the provider sends a signed body.
    package func headers(signing body: [UInt8], with secret: Secret, at time: Timestamp, id: String?) -> [HeaderField] {
        headers(
            signing: body, with: secret, timestampText: String(time.millisecondsSinceEpoch / 1000), id: id)
    }

    /// - Parameter timestampText: the text of the time; the signature covers its bytes.
    func headers(signing body: [UInt8], with secret: Secret, timestampText: String, id: String?) -> [HeaderField] {
        let claim = HMACClaim(signatures: [], timestampText: timestampText, id: id)
        let surroundings = claim.surroundings(self)
        let code = ConstantTime.authenticationCode(
            in: self, before: surroundings.before, body: body, after: surroundings.after,
            key: secret.key(secretFormat) ?? [])
        let text = encoding == .base64 ? Base64Text.encode(code) : Hex.encode(code)
        var headers: [HeaderField] = []
        if let idHeader, let id { headers.append(HeaderField(idHeader, id)) }
        if let timestampHeader { headers.append(HeaderField(timestampHeader, timestampText)) }
        switch layout {
        case .single(let prefix), .list(let prefix, _): headers.append(HeaderField(header, prefix + text))
        case .elements(let timeKey, let signatureKey):
            headers.append(HeaderField(header, "\(timeKey)=\(timestampText),\(signatureKey)=\(text)"))
        }
        return headers
    }
}
