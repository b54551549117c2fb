import ArchiveTestKit
import Deliveries
import GRDB
import HTTPListener
import Journal
import NIOPosix
import OutboundHTTP
import TestKit

@testable import Replication

/// A token that has the required length.
let sharedToken = Array("0123456789abcdef0123456789abcdef".utf8)

/// An archive whose entries followers can copy.
final class Primary: Sendable {
    let writer: JournalWriter
    let source: ReplicationSource
    let events: Pending<[ReplicationSource.Event]>
    private let listener: OpenListener

    @discardableResult
    static func with<Value>(
        _ writer: JournalWriter, limits: ReplicationSource.BatchLimits = .init(),
        acknowledgementLimit: Duration = .seconds(60), port: Int = 0, _ body: (Primary) async throws -> Value
    ) async throws -> Value {
        let events = Pending<[ReplicationSource.Event]>([])
        let source = try ReplicationSource(
            writer, token: sharedToken, limits: limits, acknowledgementLimit: acknowledgementLimit
        ) { event in events.change { $0.append(event) } }
        let listener = try await HTTPListener(
            limits: ListenerLimits(),
            application: ListenerApplication(now: { .fixture }, admit: { source.admit($0) })
        ).listen(on: .tcp(host: "127.0.0.1", port: port), group: MultiThreadedEventLoopGroup.singleton)
        let primary = Primary(writer, source, events, listener)
        do {
            let value = try await body(primary)
            await primary.close()
            return value
        } catch {
            await primary.close()
            throw error
        }
    }

    private init(
        _ writer: JournalWriter, _ source: ReplicationSource, _ events: Pending<[ReplicationSource.Event]>,
        _ listener: OpenListener
    ) {
        (self.writer, self.source, self.events, self.listener) = (writer, source, events, listener)
    }

    private func close() async {
        source.close()
        await listener.shutDown(grace: .seconds(1))
    }

    var address: PrimaryAddress { .at(listener.port ?? 0) }

    func client(token: [UInt8] = sharedToken) -> ReplicationClient {
        ReplicationClient(PrimaryAddress(url: address.url, token: token, trust: .system))
    }

    /// Copies to another archive.
    func copy(into writer: JournalWriter, node: String = "copy") -> ArchiveCopy {
        ArchiveCopy(writer, client(), node: node)
    }
}

extension PrimaryAddress {
    static func at(_ port: Int) -> PrimaryAddress {
        PrimaryAddress(url: "http://127.0.0.1:\(port)", token: sharedToken, trust: .system)
    }
}

extension ArchiveCopy {
    /// Copies all entries of the primary. Returns the number of steps that copied entries.
    @discardableResult
    mutating func all() async throws -> Int {
        var count = 0
        while try await !step(waitSeconds: 0).isCaughtUp { count += 1 }
        return count
    }
}

/// Runs `body` with two empty archives.
func withTwo(_ body: (JournalWriter, JournalWriter) async throws -> Void) async throws {
    try await TestArchive.withWriter { one in
        try await TestArchive.withWriter { other in try await body(one, other) }
    }
}

/// The stored entries and gaps in SQLite's quoted form, with decompressed bodies, because each copy compresses bodies
/// itself.
func contents(of writer: JournalWriter) throws -> [String] {
    let reader = try writer.reader()
    defer { reader.close() }
    var lines = try reader.strings(
        """
        SELECT format('%d %s %d %s %Q %Q %Q %d %s %s %d %s', position, hex(uuid), recordedAtMilliseconds, type, source,
            verification, secretName, byteCount, hex(chain), hex(salt), prunedBy, hex(head))
        FROM entry JOIN origin ON origin.id = originId ORDER BY position
        """)
    lines += try reader.strings(
        "SELECT format('gap %d %d %s %d', firstPosition, lastPosition, hex(chain), recordedBy) FROM gap ORDER BY 1")
    for row in try reader.entries(after: 0, countLimit: 100_000, byteCountLimit: .max) {
        lines.append(row.isPruned ? Hex.encode(row.storedBody) : Hex.encode(try row.openedBody()))
    }
    return lines
}

/// The findings of `archive verify`.
func findings(in writer: JournalWriter) throws -> [String] {
    let reader = try writer.reader()
    defer { reader.close() }
    return try reader.verify().findings
}
