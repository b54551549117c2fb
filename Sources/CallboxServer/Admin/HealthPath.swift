internal import CallboxConfiguration
internal import Deliveries
internal import HTTPListener

/// `/healthz` on the port of the sources, for load balancers: 200 while the server accepts requests. `/ready` of the
/// admin listener also checks storage; it is not public, because it writes to the disk. The response is 503 after
/// another archive took over from this one.
enum HealthPath {
    private static let response = Response.text(200, "ok\n")
    private static let superseded = Response.text(503, "another archive took over\n")

    /// Nil for requests to sources.
    static func admission(of head: InboundHead, isSuperseded: @escaping @Sendable () -> Bool) -> Admission? {
        // This comparison needs no copy of the path, and is the only cost for requests to sources.
        guard head.target.text.utf8.starts(with: CallboxConfiguration.healthPath.utf8),
            head.target.path == CallboxConfiguration.healthPath, head.method == "GET" || head.method == "HEAD"
        else {
            return nil
        }
        return .read(bodyByteCountLimit: 0) { _, respond in respond(isSuperseded() ? superseded : response) }
    }
}
