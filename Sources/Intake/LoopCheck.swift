internal import Deliveries

/// Finds replays of deliveries that are already in this archive.
package struct LoopCheck: Sendable {
    /// The header that marks replays.
    let header: String
    /// True if a value of the header names a delivery of this archive. Blocks during a lookup by key.
    let isOwn: @Sendable (_ value: String) -> Bool

    /// The maximum number of header values to look up. Each Callbox that replayed the delivery added a value.
    private static let countLimit = 8

    package static let none = LoopCheck(header: "") { _ in false }

    package init(header: String, isOwn: @escaping @Sendable (_ value: String) -> Bool) {
        self.header = header
        self.isOwn = isOwn
    }

    /// True if the request has the header, so a lookup is needed.
    func concerns(_ request: InboundRequest) -> Bool {
        !header.isEmpty && request.headers.contains(header)
    }

    func finds(_ request: InboundRequest) -> Bool {
        guard concerns(request) else { return false }
        return request.headers.values(named: header).prefix(Self.countLimit).contains { isOwn($0) }
    }
}
