import Deliveries
import Foundation
import Journal
import ReportIndex
import Synchronization
import TestKit
import Testing

@Suite("Acknowledged deliveries survive kills and failed writes", .programs)
struct KillAcceptanceTests {
    /// The number of kills per run: 30, or more in `scripts/nightly.sh`.
    private static let killCount = ProcessInfo.processInfo.environment["CALLBOX_KILL_COUNT"].flatMap { Int($0) } ?? 30
    /// The number of kills per archive. Limited because a long run must not fill the disk.
    private static let killsPerArchive = 10

    @Test(
        "kill -9 under load neither loses nor alters a delivery that got a 200",
        arguments: 0..<(killCount + killsPerArchive - 1) / killsPerArchive)
    func kill(archive number: Int) async throws {
        let bench = try Workbench(openConfiguration)
        var generator = SplitMix64(seed: UInt64(number))
        var acknowledged: [Int64: [UInt8]] = [:]
        for kill in 0..<Self.killsPerArchive {
            let count = Int.random(in: 1...400, using: &generator)
            let server = try bench.serve()
            let load = Load(port: server.port, firstNumber: kill * 100_000)
            await load.run(senders: 6) { acknowledged in
                if acknowledged == count { server.kill() }
            }
            #expect(load.acknowledged.count >= count, "\(load.ends) \(server.logText)")
            for (id, body) in load.acknowledged {
                #expect(acknowledged.updateValue(body, forKey: id) == nil, "delivery \(id) was acknowledged twice")
            }
        }
        let last = try bench.serve()
        let reader = try ArchiveReader(ArchiveDirectory(path: bench.archive))
        for (id, body) in acknowledged {
            let delivery = try reader.delivery(DeliveryID(rawValue: id))
            #expect(delivery?.request.body == body, "delivery \(id) is not what was acknowledged")
        }
        #expect(try last.stop() == 0)
        let verification = try bench.callbox("archive", "verify")
        #expect(verification.status == 0, "\(verification.text)")
    }

    @Test("a server that cannot write responds with 503, and stores deliveries again as soon as writes succeed")
    func recovers() throws {
        let bench = try Workbench(openConfiguration)
        let server = try bench.serve()
        let connection = try LoopbackHTTP(port: server.port)
        var acknowledged: [(id: Int64, body: [UInt8])] = []
        func post(_ number: Int) throws -> Int {
            let body = Load.body(number, byteCount: 20_000)
            let response = try connection.post("/klavi", body: body)
            if response.status == 200 { acknowledged.append((try #require(Load.id(in: response)), body)) }
            return response.status
        }
        #expect(try post(0) == 200)
        // Limits the size of the server's files, so every write that needs more space fails.
        try limitFileSize(of: server, to: 16 * 1024)
        var statuses: Set<Int> = []
        for number in 1...40 { statuses.insert(try post(number)) }
        #expect(statuses.contains(503))
        #expect(statuses.subtracting([200, 503]).isEmpty)
        try limitFileSize(of: server, to: UInt64.max)
        #expect(try post(100) == 200)
        #expect(try server.stop() == 0)
        let reader = try ArchiveReader(ArchiveDirectory(path: bench.archive))
        for (id, body) in acknowledged {
            #expect(try reader.delivery(DeliveryID(rawValue: id))?.request.body == body)
        }
        #expect(Set(acknowledged.map(\.id)).count == acknowledged.count, "a number was used twice")
    }

    /// A source that accepts all deliveries, so the senders need no signatures.
    private let openConfiguration = """
        sources:
          klavi:
            verify: none
        """

    private func limitFileSize(of server: RunningServer, to byteCount: UInt64) throws {
        let text = byteCount == UInt64.max ? "unlimited" : "\(byteCount)"
        let result = try ChildProcess.run(
            URL(filePath: "/usr/bin/prlimit"), ["--pid", "\(server.processID)", "--fsize=\(text):unlimited"])
        #expect(result.status == 0)
    }
}

/// Senders that each send one delivery after another until the server is gone. They record the acknowledgements.
final class Load: Sendable {
    private let port: Int
    private let state = Mutex<[Int64: [UInt8]]>([:])
    private let endings = Mutex<[String]>([])
    private let next = Atomic(0)
    private let firstNumber: Int

    /// - Parameter firstNumber: the first body has the number after this number.
    init(port: Int, firstNumber: Int = 0) {
        self.port = port
        self.firstNumber = firstNumber
    }

    /// The acknowledged bodies, by the position in the acknowledgement.
    var acknowledged: [Int64: [UInt8]] {
        state.withLock { $0 }
    }

    /// The last result of each sender, with the time of the result.
    var ends: [String] {
        endings.withLock { $0 }
    }

    /// Sends until each sender has lost its connection, or until 20,000 deliveries were sent.
    func run(senders: Int, _ onAcknowledgement: @escaping @Sendable (Int) -> Void) async {
        await withTaskGroup { group in
            for _ in 0..<senders { group.addTask { self.send(onAcknowledgement) } }
        }
    }

    private func send(_ onAcknowledgement: (Int) -> Void) {
        let start = ContinuousClock.now
        func end(_ reason: String) {
            endings.withLock { $0.append("\(reason) after \(start.duration(to: .now))") }
        }
        guard let connection = try? LoopbackHTTP(port: port) else { return end("no connection") }
        while true {
            let number = next.wrappingAdd(1, ordering: .relaxed).newValue
            guard number <= 20_000 else { return end("20,000 deliveries") }
            let body = Self.body(firstNumber + number, byteCount: 200 + number * 37 % 9000)
            guard let response = try? connection.post("/klavi", body: body) else { return end("a broken connection") }
            guard response.status == 200, let id = Self.id(in: response) else {
                return end("\(response.status) \(String(decoding: response.body, as: UTF8.self))")
            }
            let count = state.withLock { state in
                state[id] = body
                return state.count
            }
            onAcknowledgement(count)
        }
    }

    /// A unique body that is slightly compressible.
    static func body(_ number: Int, byteCount: Int) -> [UInt8] {
        var generator = SplitMix64(seed: UInt64(number))
        var body = Array(#"{"productName":"load","productReportId":"\#(number)","noise":""#.utf8)
        while body.count < byteCount {
            body.append(UInt8(ascii: "a") + UInt8(truncatingIfNeeded: generator.next() % 26))
        }
        return body + Array(#""}"#.utf8)
    }

    static func id(in response: LoopbackHTTP.Response) -> Int64? {
        Int64(String(decoding: response.body, as: UTF8.self).filter(\.isNumber))
    }
}
