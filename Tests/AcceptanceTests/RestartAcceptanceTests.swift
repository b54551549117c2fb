import Deliveries
import Foundation
import Journal
import ReportIndex
import Synchronization
import TestKit
import Testing

@Suite("Restarts under load", .programs)
struct RestartAcceptanceTests {
    /// A source that accepts all deliveries, so the senders need no signatures.
    private static let configuration = """
        sources:
          klavi:
            verify: none
        """

    @Test("a server with --replace takes over the port of the running server, and no connection or delivery is lost")
    func replaces() throws {
        let bench = try Workbench(Self.configuration)
        let first = try bench.serve()
        let load = SteadyLoad(port: first.port)
        let second = try load.run {
            try load.waitForDeliveries(200)
            let second = try bench.serve("--replace")
            #expect(try first.waitUntilExit() == 0)
            try load.waitForDeliveries(load.count + 200)
            return second
        }
        #expect(second.port == first.port)
        #expect(try second.stop() == 0)
        try check(load, bench)
    }

    @Test("connections to a socket of the service manager survive a restart")
    func socketActivation() throws {
        let bench = try Workbench(Self.configuration)
        let socket = try HeldSocket()
        let first = try bench.serve(on: socket)
        let load = SteadyLoad(port: socket.port)
        let second = try load.run {
            try load.waitForDeliveries(200)
            #expect(try first.end() == 0)
            let second = try bench.serve(on: socket)
            try load.waitForDeliveries(load.count + 200)
            return second
        }
        #expect(try second.end() == 0)
        try check(load, bench)
    }

    @Test("--replace also works if no server runs, and without --replace a second server is rejected")
    func alone() throws {
        let bench = try Workbench(Self.configuration)
        let server = try bench.serve("--replace")
        #expect(try LoopbackHTTP(port: server.port).post("/klavi", body: Array("{}".utf8)).status == 200)
        let rejected = try bench.callbox("serve", "--listen", "127.0.0.1:0")
        #expect(rejected.status == 75)
        #expect(rejected.error.contains("another process (\(server.processID)) is writing"))
        #expect(try LoopbackHTTP(port: server.port).post("/klavi", body: Array("{}".utf8)).status == 200)
        #expect(try server.stop() == 0)
    }

    /// Expects that the archive has each acknowledged delivery exactly once, and that no delivery failed.
    private func check(_ load: SteadyLoad, _ bench: Workbench) throws {
        #expect(load.failures == [])
        #expect(load.deliveries.count >= 400)
        let verification = try bench.callbox("archive", "verify")
        #expect(verification.status == 0, "\(verification.text)")
        let reader = try ArchiveReader(ArchiveDirectory(path: bench.archive))
        #expect(Set(load.deliveries.map(\.id)).count == load.deliveries.count, "a position was acknowledged twice")
        for (id, body) in load.deliveries {
            #expect(try reader.delivery(DeliveryID(rawValue: id))?.request.body == body)
        }
    }
}

/// Senders with a steady rate. Half of the senders keep their connection as long as the server allows. The other half
/// opens a connection per delivery.
private final class SteadyLoad: Sendable {
    private static let senderCount = 8
    private static let interval: Duration = .milliseconds(20)
    private static let limit: Duration = .seconds(60)

    private struct State {
        var deliveries: [(id: Int64, body: [UInt8])] = []
        var failures: [String] = []
        var hasEnded = false
    }

    private let port: Int
    private let state = Pending(State())

    init(port: Int) {
        self.port = port
    }

    var deliveries: [(id: Int64, body: [UInt8])] { state.value.deliveries }
    var failures: [String] { state.value.failures }
    var count: Int { deliveries.count }

    func waitForDeliveries(_ count: Int) throws {
        try state.wait(for: "\(count) deliveries, or a failure", within: Self.limit) { state in
            state.deliveries.count >= count || !state.failures.isEmpty ? true : nil
        }
    }

    /// Sends deliveries while `body` runs.
    func run<Value>(_ body: () throws -> Value) throws -> Value {
        let group = DispatchGroup()
        for sender in 0..<Self.senderCount {
            group.enter()
            Thread.detachNewThread {
                self.send(sender)
                group.leave()
            }
        }
        defer {
            state.change { $0.hasEnded = true }
            group.wait()
        }
        return try body()
    }

    private func send(_ sender: Int) {
        let keepsConnection = sender % 2 == 0
        let start = ContinuousClock.now
        var connection: LoopbackHTTP?
        for number in 0... {
            guard !state.value.hasEnded, start.duration(to: .now) < Self.limit else { return }
            let body = Array(#"{"productName":"load","productReportId":"\#(sender)-\#(number)"}"#.utf8)
            do {
                let open = try connection ?? LoopbackHTTP(port: port)
                let response = try open.post("/klavi", body: body)
                connection = keepsConnection && !response.head.lowercased().contains("connection: close") ? open : nil
                let id = Int64(String(decoding: response.body, as: UTF8.self).filter(\.isNumber))
                guard response.status == 200, let id else { throw Unsuccessful(text: response.head) }
                state.change { $0.deliveries.append((id, body)) }
            } catch {
                state.change { $0.failures.append("\(sender)-\(number): \(error)") }
                connection = nil
            }
            Thread.sleep(forTimeInterval: Self.interval / .seconds(1))
        }
    }
}

/// A listening socket that the test passes to a server, as systemd does.
private final class HeldSocket: Sendable {
    let port: Int
    let descriptor: Int32

    init() throws {
        (descriptor, port) = try RawReceiver.bound()
        guard listen(descriptor, 4096) == 0 else { throw RawReceiver.Unavailable() }
    }

    deinit {
        close(descriptor)
    }
}

extension Workbench {
    /// Starts a server that receives the socket as from systemd: as descriptor 3, with its own process ID in
    /// LISTEN_PID.
    fileprivate func serve(on socket: HeldSocket) throws -> ChildProcess {
        let binary = BuiltBinary.folder.appending(path: "callbox").path()
        let script = "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\""
        return try ChildProcess(
            URL(filePath: "/bin/sh"),
            ["-c", script, binary, "serve", "--config", configuration, "--archive", archive],
            input: FileHandle(fileDescriptor: socket.descriptor, closeOnDealloc: false))
    }
}
