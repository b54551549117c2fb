import Foundation

/// Measures the time from a server's 200 response until `tail --forward-to` sends the request to its target.
struct ForwardProbe {
    let bench: Workbench
    let count: Int

    private static let intervalMicroseconds: UInt32 = 10_000

    /// Returns the 99th percentile in milliseconds. A request that arrives before the 200 response counts as 0.
    func percentile99() async throws -> Double {
        try await bench.withArchive { archive in
            let server = try bench.callbox.serve(archive)
            defer { server.stop() }
            let target = try VerifyingTarget()
            defer { target.stop() }
            let tail = try bench.callbox.start(
                ["tail", "--forward-to", target.url, "--since-last", "--format", "ndjson"], on: archive,
                environment: ["XDG_STATE_HOME": archive.deletingLastPathComponent().path()])
            defer { ChildProcesses.end(tail) }
            let factory = DeliveryFactory(byteCount: 2048)
            var connection = try LoadConnection(port: server.port)
            defer { connection.close() }
            // Sends deliveries until the tail has started and has forwarded a delivery. From then on, the tail forwards
            // each new delivery.
            var sent = 0
            let start = Clock.now
            while target.count == 0 {
                guard Clock.seconds(since: start) < 30 else {
                    throw ReplayPart.CannotRun(description: "nothing was forwarded")
                }
                _ = try acknowledgedAt(&connection, factory, UInt64(sent))
                sent += 1
                usleep(100_000)
            }
            var acknowledged: [Int: Int64] = [:]
            for _ in 0..<count {
                let moment = try acknowledgedAt(&connection, factory, UInt64(sent))
                sent += 1
                acknowledged[sent] = moment
                usleep(Self.intervalMicroseconds)
            }
            let end = Clock.now
            var arrived: [Int: Int64] = [:]
            while Clock.seconds(since: end) < 10 {
                for arrival in target.arrivals where arrived[arrival.id] == nil { arrived[arrival.id] = arrival.at }
                if acknowledged.keys.allSatisfy({ arrived[$0] != nil }) { break }
                usleep(50_000)
            }
            return ReplayPart.percentile99(
                acknowledged.map { id, moment in
                    arrived[id].map { max(0, Double($0 - moment) / 1e6) } ?? .infinity
                })
        }
    }

    /// Sends a delivery, and returns the time of its 200 response.
    private func acknowledgedAt(
        _ connection: inout LoadConnection, _ factory: DeliveryFactory, _ number: UInt64
    ) throws -> Int64 {
        var request: [UInt8] = []
        factory.write(number, into: &request)
        connection.send(request, startedAt: Clock.now)
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
        defer { scratch.deallocate() }
        while true {
            var event = pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
            if connection.hasUnsent { event.events |= Int16(POLLOUT) }
            guard poll(&event, 1, 10_000) > 0 else { throw ReplayPart.CannotRun(description: "no response") }
            if connection.hasUnsent { connection.sendRest() }
            switch connection.read(scratch) {
            case .nothing: continue
            case .responded(200, _): return Clock.now
            case .responded(let status, _): throw ReplayPart.CannotRun(description: "the server responded \(status)")
            case .ended: throw ReplayPart.CannotRun(description: "the server closed the connection")
            }
        }
    }
}
