import Deliveries
import Foundation
import Journal
import Synchronization
import TestKit

/// A PostgreSQL database and the archives of its nodes.
final class Cluster {
    let postgres: PostgresServer
    private var benches: [String: Workbench] = [:]

    init() throws {
        postgres = try PostgresServer()
        try postgres.query("CREATE DATABASE journal")
        let made = try BuiltBinary.run("callbox", ["journal", "init", postgres.url("journal")])
        guard made.status == 0 else { throw TestFailure(description: made.error) }
    }

    private func bench(_ node: String, archive: String) throws -> Workbench {
        if let bench = benches[archive] { return bench }
        let bench = try Workbench(
            """
            sources:
              klavi:
                verify: none
            journal:
              url: \(postgres.url("journal"))
              node: \(node)
              lease: 1s
            """)
        benches[archive] = bench
        return bench
    }

    func serve(_ node: String, archive: String? = nil) throws -> RunningServer {
        try bench(node, archive: archive ?? node).serve()
    }

    func follow(_ node: String, archive: String? = nil, _ more: String...) throws -> ChildProcess {
        let bench = try bench(node, archive: archive ?? node)
        return try ChildProcess(
            BuiltBinary.folder.appending(path: "callbox"),
            ["follow", "--config", bench.configuration, "--archive", bench.archive] + more)
    }

    func callbox(_ node: String, archive: String? = nil, _ arguments: String...) throws -> BuiltBinary.Result {
        try bench(node, archive: archive ?? node).callbox(arguments)
    }

    func reader(_ archive: String) throws -> JournalReader {
        try JournalReader(ArchiveDirectory(path: bench(archive, archive: archive).archive).journal)
    }

    /// Waits for a leader that is not the given node, and returns its name.
    func leader(after known: String?) throws -> String {
        try wait("a leader") {
            let rows = try postgres.query(
                "SELECT holder FROM callbox.leader WHERE holder <> '' AND expires_at > now()", in: "journal")
            return rows.first.flatMap { $0 == known ? nil : $0 }
        }
    }

    /// Waits until all entries are ordered and all copies end with the same entry. Returns the chain mark of this
    /// entry.
    func waitForCopies(_ archives: [String]) throws -> ChainMark {
        try wait("the copies") {
            let end = try postgres.query(
                """
                SELECT sum(count), (SELECT count(*) FROM callbox.entry),
                    (SELECT encode(chain, 'hex') FROM callbox.run ORDER BY first_position DESC LIMIT 1)
                FROM callbox.run
                """, in: "journal")[0].split(separator: "|").map(String.init)
            guard end.count == 3, end[0] == end[1] else { return nil }
            let marks = try archives.map { archive -> ChainMark? in
                // A node creates its archive when it starts, so there may be no archive yet.
                guard let reader = try? reader(archive) else { return nil }
                defer { reader.close() }
                return try reader.end()
            }
            return marks.allSatisfy { mark in
                mark.map { "\($0.position)" == end[0] && Hex.encode($0.chain) == end[2] } ?? false
            } ? marks[0] : nil
        }
    }

    /// Each attempt runs a program, so the loop needs no pause.
    private func wait<Found>(_ what: String, _ find: () throws -> Found?) throws -> Found {
        let deadline = Date(timeIntervalSinceNow: 60)
        while Date() < deadline {
            if let found = try find() { return found }
        }
        throw TestFailure(description: "waited too long for \(what)")
    }
}

/// Threads that send deliveries to any server that accepts connections, and record the acknowledged deliveries.
final class ClusterLoad: Sendable {
    private struct State {
        var ports: [Int]
        var acknowledged: [[UInt8]: [UInt8]] = [:]
        var unexpected: Set<Int> = []
        var isStopping = false
    }

    private let state: Pending<State>
    private let next = Atomic(0)

    init(_ ports: [Int]) {
        state = Pending(State(ports: ports))
    }

    var acknowledged: [[UInt8]: [UInt8]] { state.value.acknowledged }
    /// The received statuses other than 200 and 503.
    var unexpected: Set<Int> { state.value.unexpected }

    func add(_ port: Int) {
        state.change { $0.ports.append(port) }
    }

    func stop() {
        state.change { $0.isStopping = true }
    }

    func waitForMore(_ count: Int) throws {
        let goal = acknowledged.count + count
        try state.wait(for: "\(count) deliveries") { $0.acknowledged.count >= goal ? true : nil }
    }

    func run(senders: Int) async {
        await withTaskGroup { group in
            for sender in 0..<senders {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread { [self] in
                            send(sender)
                            continuation.resume()
                        }
                    }
                }
            }
        }
    }

    private func send(_ sender: Int) {
        var turn = sender
        while !state.value.isStopping {
            let ports = state.value.ports
            turn += 1
            guard let connection = try? LoopbackHTTP(port: ports[turn % ports.count]) else { continue }
            while !state.value.isStopping {
                let number = next.wrappingAdd(1, ordering: .relaxed).newValue
                let body = Array(#"{"productName":"load","productReportId":"\#(number)"}"#.utf8)
                guard let response = try? connection.post("/klavi", body: body) else { break }
                if response.status == 200, let uuid = Self.uuid(in: response) {
                    state.change { $0.acknowledged[uuid] = body }
                } else if response.status != 503 {
                    state.change { $0.unexpected.insert(response.status) }
                } else {
                    break
                }
            }
        }
    }

    /// The UUID in a response such as `{"id":"019a…"}`.
    private static func uuid(in response: LoopbackHTTP.Response) -> [UInt8]? {
        let parts = String(decoding: response.body, as: UTF8.self).split(separator: "\"")
        guard parts.count > 3, let uuid = UUID(uuidString: String(parts[3])) else { return nil }
        return withUnsafeBytes(of: uuid.uuid) { Array($0) }
    }
}
