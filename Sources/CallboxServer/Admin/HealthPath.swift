internal import CallboxConfiguration
internal import Deliveries
internal import HTTPListener

/// `/healthz` on the port of the sources, for load balancers. The path responds with 200 while the server accepts
/// requests, and with 503 after another archive took over from this archive. `/ready` of the admin listener also checks
/// storage; it is not public, because it writes to the disk.
enum HealthPath {
    private static let response = Response.text(200, "ok\n")
    private static let superseded = Response.text(503, "another archive took over\n")

    /// The admission of a health check; nil for requests to sources.
    static func admission(of head: InboundHead, isSuperseded: @escaping @Sendable () -> Bool) -> Admission? {
        // For requests to sources, this comparison is the only cost. It needs no copy of the path.
        guard head.target.text.utf8.starts(with: CallboxConfiguration.healthPath.utf8),
            head.target.path == CallboxConfiguration.healthPath, head.method == "GET" || head.method == "HEAD"
        else {
            return nil
        }
        return .read(bodyByteCountLimit: 0) { _, respond in respond(isSuperseded() ? superseded : response) }
    }
}
