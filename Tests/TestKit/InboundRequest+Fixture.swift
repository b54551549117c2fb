package import Deliveries

extension InboundRequest {
    /// A request with a default for everything, so that each argument of a test matters.
    package static func fixture(
        method: String = "POST", target: String = "/klavi",
        headers: HeaderFields = [HeaderField("Host", "callbox.example")],
        body: String = #"{"a":1}"#, peer: String = "192.0.2.1", receivedAt: Timestamp = .fixture
    ) -> InboundRequest {
        InboundRequest(
            method: method, target: RequestTarget(target), headers: headers, body: Array(body.utf8), peer: peer,
            receivedAt: receivedAt)
    }
}

extension Timestamp {
    /// 2026-11-02T10:00:00.250Z.
    package static let fixture = Timestamp(millisecondsSinceEpoch: 1_793_613_600_250)
}
