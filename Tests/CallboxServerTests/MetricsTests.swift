import Deliveries
import Dispatch
import HTTPListener
import Journal
import NIOPosix
import Quarantine
import ReportIndex
import ServerTestKit
import TestKit
import Testing

@testable import CallboxServer

@Suite("Metrics", .offPool)
struct MetricsTests {
    private static func text(_ body: (ServerMetrics) -> Void) -> String {
        let metrics = ServerMetrics(sources: ["klavi", "certn"], now: { .fixture })
        body(metrics)
        var text = MetricsText()
        metrics.write(to: &text)
        return text.text
    }

    @Test("deliveries are counted by source, verification and status")
    func deliveries() throws {
        let text = Self.text { metrics in
            DispatchQueue.concurrentPerform(iterations: 100) { _ in
                metrics.noteArchived("klavi", .verified, 200, after: .milliseconds(3))
            }
            metrics.noteArchived("certn", .unverified, 303, after: .seconds(60))
            metrics.noteArchived("unknown", .verified, 200, after: .zero)
        }
        for line in [
            #"callbox_deliveries_total{source="klavi",verification="verified",status="200"} 100"#,
            #"callbox_deliveries_total{source="klavi",verification="failed",status="200"} 0"#,
            #"callbox_deliveries_total{source="certn",verification="unverified",status="303"} 1"#,
            #"callbox_deliveries_total{source="other",verification="verified",status="200"} 1"#,
            #"callbox_last_delivery_timestamp_seconds{source="klavi"} 1793613600.25"#,
            #"callbox_acknowledgement_seconds_bucket{le="0.0025"} 1"#,
            #"callbox_acknowledgement_seconds_bucket{le="0.005"} 101"#,
            #"callbox_acknowledgement_seconds_bucket{le="10"} 101"#,
            #"callbox_acknowledgement_seconds_bucket{le="+Inf"} 102"#,
            "callbox_acknowledgement_seconds_sum 60.3", "callbox_acknowledgement_seconds_count 102",
        ] { #expect(text.contains("\(line)\n"), "\(line)") }
        try ExpositionFormat.check(text)
    }

    @Test("sources that a reload adds are counted separately, even a source named 'other'")
    func reload() throws {
        let text = Self.text { metrics in
            metrics.add(sources: ["klavi", "other"])
            metrics.add(sources: ["late"])
            metrics.noteArchived("late", .verified, 200, after: .zero)
            metrics.noteArchived("unknown", .verified, 200, after: .zero)
        }
        #expect(text.contains(#"{source="late",verification="verified",status="200"} 1"#))
        #expect(text.contains(#"{source="other",verification="verified",status="200"} 1"#))
        try ExpositionFormat.check(text)
    }

    @Test("the number of time series for rejection reasons is limited")
    func rejections() throws {
        let text = Self.text { metrics in
            for number in 0..<500 {
                metrics.noteRejected("source \(number)", 401, "the signed time is \(number) s off")
                metrics.noteRejected("klavi", 400 + number, "reason")
            }
        }
        #expect(text.contains(#"{source="other",status="401",reason="the signed time is N s off"} 500"#))
        #expect(text.contains(#"{source="other",status="other",reason="other"}"#))
        let count = text.split(separator: "\n").count { $0.hasPrefix("callbox_rejections_total{") }
        #expect(count <= ServerMetrics.reasonCountLimit + 1)
        try ExpositionFormat.check(text)
    }

    @Test("label values are escaped")
    func escaping() throws {
        let text = Self.text { $0.noteRejected("klavi", 401, "a \"quoted\\\" reason\nwith two lines") }
        #expect(text.contains(#"reason="a \"quoted\\\" reason\nwith two lines"} 1"#))
        try ExpositionFormat.check(text)
    }

    @Test(
        "ExpositionFormat rejects text that Prometheus rejects",
        arguments: [
            "a_total 1\n", "# TYPE a_total counter\na_total 1\n", "# HELP a x\n# TYPE a counter\na 1\n",
            "# HELP a_total x\n# TYPE a_total counter\na_total 1\na_total 2\n",
            "# HELP a_total x\n# TYPE a_total counter\na_total{b=\"1\",b=\"2\"} 1\n",
            "# HELP a_ms x\n# TYPE a_ms gauge\na_ms 1\n", "# HELP a x\n# TYPE a gauge\na one\n",
            "# HELP a x\n# TYPE a gauge\na 1", "# HELP a_total x\n# TYPE a_total gauge\na_total 1\n",
            "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
            "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
        ])
    func checker(text: String) {
        #expect(throws: ExpositionFormat.Fault.self) { try ExpositionFormat.check(text) }
    }

    @Test("the health path responds to GET and HEAD, and leaves other requests to the sources")
    func healthPath() async throws {
        for (method, target, isAdmitted) in [
            ("GET", "/healthz", true), ("HEAD", "/healthz?from=lb", true), ("POST", "/healthz", false),
            ("GET", "/healthz/x", false), ("GET", "/klavi", false),
        ] {
            let head = InboundHead(method: method, target: RequestTarget(target))
            let admission = HealthPath.admission(of: head) { false }
            #expect((admission != nil) == isAdmitted, "\(method) \(target)")
            guard case .read(0, let receive)? = admission else { continue }
            let response = await withCheckedContinuation { continuation in
                receive(.fixture(method: method, target: target)) { continuation.resume(returning: $0) }
            }
            #expect(response == .text(200, "ok\n"))
        }
    }

    @Test("the health path responds with 503 after another archive took over from this archive")
    func superseded() async throws {
        let head = InboundHead(method: "GET", target: RequestTarget("/healthz"))
        let admission = try #require(HealthPath.admission(of: head) { true })
        guard case .read(0, let receive) = admission else {
            Issue.record("the request is not read")
            return
        }
        let response = await withCheckedContinuation { continuation in
            receive(.fixture(method: "GET", target: "/healthz")) { continuation.resume(returning: $0) }
        }
        #expect(response.status == 503)
    }

    @Test("the admin listener serves liveness, readiness and metrics")
    func admin() async throws {
        try await TestArchive.with { archive in
            try await archive.opened(isServed: true) { open in
                open.waitForIndexer(limit: .seconds(20))
                let metrics = ServerMetrics(sources: ["klavi"], now: { .fixture })
                let readiness = Readiness(
                    open, floor: FreeSpaceFloor(path: open.directory.path), lag: IndexLag(), metrics: metrics)
                let pool = NIOThreadPool(numberOfThreads: 1)
                pool.start()
                let listener = try await HTTPListener(
                    limits: ListenerLimits(),
                    application: ListenerApplication(now: { .fixture }, admit: { _ in .reject(.text(404, "")) })
                ).listen(on: .tcp(host: "127.0.0.1", port: 0), group: MultiThreadedEventLoopGroup.singleton)
                let admin = AdminListener(
                    metrics: metrics, gauges: ArchiveGauges(archive: open, quarantine: QuarantineLimits()),
                    readiness: readiness, limits: { [("idle_timeout", 3)] }, sources: { listener }, now: { .fixture },
                    pool: pool)
                func get(_ path: String, method: String = "GET") async -> Response {
                    switch admin.admit(InboundHead(method: method, target: RequestTarget(path))) {
                    case .reject(let response): return response
                    case .read(_, let receive):
                        return await withCheckedContinuation { continuation in
                            receive(.fixture(method: method, target: path)) { continuation.resume(returning: $0) }
                        }
                    }
                }
                #expect(await get("/live").status == 200)
                #expect(await get("/ready") == .text(200, "ready\n"))
                #expect(await get("/ready?x=1", method: "HEAD").status == 200)
                let rejection = await get("/metrics", method: "POST")
                #expect(rejection.status == 405)
                #expect(HeaderFields(rejection.headers).onlyValue(named: "Allow") == "GET, HEAD")
                #expect(await get("/").status == 404)
                let exposition = String(decoding: await get("/metrics").body, as: UTF8.self)
                try ExpositionFormat.check(exposition)
                for name in [
                    #"callbox_file_bytes{file="journal"}"#, "callbox_index_lag_entries 0",
                    "callbox_quarantine_deliveries 0", "callbox_commit_queue_deliveries 0",
                    "callbox_follow_ups_waiting 0", #"callbox_listener_limits_total{limit="idle_timeout"} 3"#,
                    "callbox_fsync_seconds_count ", "callbox_disk_free_bytes ", "callbox_ready 1",
                    #"callbox_connections{phase="response"} 0"#, "callbox_connections_limit ",
                ] { #expect(exposition.contains(name), "\(name)") }
                #expect(!exposition.contains("callbox_fsync_seconds_count 0"))
                readiness.stop()
                #expect(await get("/ready") == .text(503, "the server is stopping\n"))
                await listener.shutDown(grace: .zero)
                try await pool.shutdownGracefully()
            }
        }
    }
}
