import Deliveries

extension InboundRequest {
    /// The same request with other values for these properties.
    func with(
        method: String? = nil, target: String? = nil, headers: [HeaderField]? = nil, body: [UInt8]? = nil,
        receivedAt: Timestamp? = nil, certificate: ClientCertificate? = nil
    ) -> InboundRequest {
        InboundRequest(
            method: method ?? self.method, target: target.map { RequestTarget($0) } ?? self.target,
            headers: headers.map { HeaderFields($0) } ?? self.headers, body: body ?? self.body, peer: peer,
            receivedAt: receivedAt ?? self.receivedAt, certificate: certificate ?? self.certificate)
    }

    /// The same request with a later time of arrival.
    func later(by milliseconds: Int64) -> InboundRequest {
        with(receivedAt: receivedAt.advanced(byMilliseconds: milliseconds))
    }

    /// The same request without the header lines that have this name.
    func without(_ name: String) -> InboundRequest {
        with(headers: headers.fields.filter { !$0.name.matchesIgnoringASCIICase(name) })
    }

    /// The same request, after changing each header line that has this name.
    func changing(_ name: String, _ change: (String) -> [String]) -> InboundRequest {
        with(
            headers: headers.fields.flatMap { field in
                guard field.name.matchesIgnoringASCIICase(name) else { return [field] }
                return change(field.value).map { HeaderField(field.name, $0) }
            })
    }
}
