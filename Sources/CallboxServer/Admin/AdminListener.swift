internal import CallboxConfiguration
internal import Deliveries
internal import HTTPListener
internal import NIOPosix

/// The listener for `/live`, `/ready` and `/metrics`. Has its own port or socket, which only this machine can reach.
struct AdminListener: Sendable {
    let metrics: ServerMetrics
    let gauges: ArchiveGauges
    let readiness: Readiness
    /// Counts how often each limit of the main listener took effect, by the name of the limit.
    let limits: @Sendable () -> [(name: String, count: Int)]
    /// The listener of the sources; nil until it is open.
    var sources: @Sendable () -> OpenListener? = { nil }
    let now: @Sendable () -> Timestamp
    /// Runs work that reads files.
    let pool: NIOThreadPool

    /// - Parameter inherited: a listening socket to use instead of the configured address.
    func open(_ setting: AdminSetting, inherited: Int32?) async throws -> OpenListener {
        var limits = ListenerLimits()
        limits.connectionCount = 16
        limits.bufferedBodyByteCount = 64 * 1024
        let address: ListenAddress =
            switch (inherited, setting) {
            case (let descriptor?, _): .inherited([descriptor])
            case (nil, .tcp(let setting)): .tcp(host: setting.host, port: setting.port)
            case (nil, .unixSocket(let path)): .unixSocket(path: path)
            }
        do throws(ListenError) {
            return try await HTTPListener(limits: limits, application: ListenerApplication(now: now, admit: admit))
                .listen(on: address, group: MultiThreadedEventLoopGroup.singleton)
        } catch {
            throw ServerError.cannotOpenAdminListener(setting, error)
        }
    }

    func admit(_ head: InboundHead) -> Admission {
        guard head.method == "GET" || head.method == "HEAD" else { return .reject(Self.methodNotAllowed) }
        let respond: (@Sendable () -> Response)? =
            switch head.target.path {
            case "/live": { .text(200, "live\n") }
            case "/ready": ready
            case "/metrics": exposition
            default: nil
            }
        guard let respond else { return .reject(.text(404, "Use /live, /ready or /metrics.\n")) }
        return .read(bodyByteCountLimit: 0) { [pool] _, finish in pool.submit { _ in finish(respond()) } }
    }

    private static let methodNotAllowed = Response.text(
        405, "Use GET or HEAD.\n", headers: [HeaderField("Allow", "GET, HEAD")])

    private func ready() -> Response {
        let problems = readiness.problems()
        return .text(
            problems.isEmpty ? 200 : 503, (problems.isEmpty ? ["ready"] : problems).joined(separator: "\n") + "\n")
    }

    private static func write(_ listener: OpenListener, to text: inout MetricsText) {
        let counts = listener.connectionsByPhase
        text.add("callbox_connections", .gauge, "Open connections by phase.") { series in
            for phase in ConnectionPhase.allCases { series.add(["phase": "\(phase)"], Double(counts[phase] ?? 0)) }
        }
        text.add(
            "callbox_connections_limit", .gauge, "The limit of open connections.",
            Double(listener.connectionLimit))
        text.add(
            "callbox_buffered_body_bytes", .gauge, "Bytes of bodies that are being received or committed.",
            Double(listener.bufferedBodyByteCount))
        if let time = listener.certificateExpiresAt {
            text.add(
                "callbox_certificate_expiry_timestamp_seconds", .gauge, "Time at which the TLS certificate expires.",
                Double(time.millisecondsSinceEpoch / 1000))
        }
    }

    func exposition() -> Response {
        var text = MetricsText()
        // The readiness check runs first, because the metrics below include the duration of its synced write.
        let isReady = readiness.problems().isEmpty
        text.add("callbox_ready", .gauge, "1 if /ready responds with 200.", isReady ? 1 : 0)
        metrics.write(to: &text)
        text.add("callbox_listener_limits_total", .counter, "Number of times a limit of the listener took effect.") {
            for (name, count) in limits() { $0.add(["limit": name], Double(count)) }
        }
        if let listener = sources() { Self.write(listener, to: &text) }
        gauges.write(to: &text)
        return Response(
            status: 200, headers: [HeaderField("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
            body: Array(text.text.utf8))
    }
}
