internal import Deliveries

/// A browser redirect as it is kept: the target, a few header lines and no body. It is unsigned, so its size is bounded
/// before it may be stored.
struct RedirectRequest: Sendable {
    /// The maximum bytes of the target and the kept header lines. The largest known redirects have about 1 KB.
    static let byteCountLimit = 4096

    /// The header lines that are kept: the host name, hints of a person or a mail scanner, the language
    /// of the page, and the address behind a proxy. `Referer` and `Cookie` are left out, because they may carry other
    /// sites' credentials.
    static let keptHeaders = ["Host", "User-Agent", "Accept-Language", "X-Forwarded-For"]

    /// The bytes of a header line in the stored text besides its name and value: `["",""],`.
    private static let headerLineByteCount = 8

    let kept: InboundRequest

    /// Nil if the target alone is too long. A header line that does not fit is left out whole.
    init?(_ request: InboundRequest) {
        var byteCount = request.target.text.utf8.count
        guard byteCount <= Self.byteCountLimit else { return nil }
        var headers: [HeaderField] = []
        for field in request.headers.fields
        where Self.keptHeaders.contains(where: { $0.matchesIgnoringASCIICase(field.name) }) {
            let count = field.name.utf8.count + field.value.utf8.count + Self.headerLineByteCount
            guard byteCount + count <= Self.byteCountLimit else { continue }
            byteCount += count
            headers.append(field)
        }
        self.kept = InboundRequest(
            method: request.method, target: request.target, headers: HeaderFields(headers), body: [],
            peer: request.peer, receivedAt: request.receivedAt)
    }
}
