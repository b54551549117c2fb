import Synchronization
import TestKit

@testable import SharedJournal

extension PostgresServer {
    /// The server for all tests that do not stop or reconfigure it.
    static let shared = Result { try PostgresServer() }

    private static let databaseCount = Atomic(0)

    func connect(_ database: String) throws -> PostgresConnection {
        try settings(database, node: "test").connect("test")
    }

    func settings(
        _ database: String, node: String, host: String? = nil, user: String = "postgres"
    ) throws -> SharedJournalSettings {
        var problem = ""
        guard let address = PostgresAddress(url(database, host: host, user: user), problem: &problem) else {
            throw TestFailure(description: problem)
        }
        var settings = SharedJournalSettings(address: address, node: node)
        settings.lease = .seconds(2)
        return settings
    }

    /// Creates an empty database with a shared journal. Returns its name.
    func makeJournal() throws -> String {
        let name = "journal\(Self.databaseCount.add(1, ordering: .relaxed).newValue)"
        try connect("postgres").executeScript("CREATE DATABASE \(name)", limit: .seconds(30))
        _ = try JournalSetup.create(settings(name, node: "test"))
        return name
    }
}

extension PostgresConnection {
    /// Runs SQL. Returns the rows as text.
    @discardableResult
    func query(_ sql: String) throws -> [String] {
        let rows = try execute(sql, limit: .seconds(30))
        return try (0..<rows.count).map { try rows.text($0, 0) }
    }
}
