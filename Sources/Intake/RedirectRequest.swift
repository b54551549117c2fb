internal import Deliveries

/// A browser redirect as stored: the target, a few header lines and no body. A redirect is not signed, so its size is
/// limited.
struct RedirectRequest: Sendable {
    /// The maximum bytes of the target and the stored header lines. The largest known redirects have about 1 KB.
    static let byteCountLimit = 4096

    /// The header lines to store: the host name, the user agent (which distinguishes people from mail scanners), the
    /// language of the page, and the address behind a proxy. `Referer` and `Cookie` are not stored, because they may
    /// contain credentials for other sites.
    static let keptHeaders = ["Host", "User-Agent", "Accept-Language", "X-Forwarded-For"]

    /// The stored bytes of a header line in addition to its name and value: `["",""],`.
    private static let headerLineByteCount = 8

    let kept: InboundRequest

    /// Nil if the target alone is too long. Omits header lines that do not fit.
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
