import ArgumentParser
import Deliveries
import Testing

@testable import CallboxCommands

@Suite("Command lines")
struct CommandLineTests {
    @Test(
        "valid flags and values are accepted, including the ends of ranges",
        arguments: [
            ["list", "--limit", "1"], ["list", "--limit", "1000000"], ["list", "-n", "5", "--all"],
            ["show", "1", "--format", "json"], ["show", "1", "--body"], ["show", "1", "--format", "ndjson"],
            ["show", "1", "2", "latest"], ["show", "q10"], ["list", "--utc"], ["list", "--tz", "Asia/Tokyo"],
            ["show", "1", "--part", "1", "--body"], ["show", "1", "2", "--headers"],
            ["show", "1", "--reveal", "--reason", "x"], ["show", "1", "--color", "always", "--no-pager"],
            ["list", "--color", "never"], ["audit", "--limit", "1"],
            ["archive", "info", "--totals", "--format", "table"],
            ["archive", "info", "-f", "json"], ["replay", "1", "--to", "http://h/", "--timeout", "5m", "--dry-run"],
            ["tail", "--last", "0", "--idle", "30s", "--no-quarantine"], ["tail", "--last", "10000", "--limit", "1"],
            ["tail", "--since-last", "--quarantine"], ["stats", "--by", "day", "--by", "type", "--by", "topic"],
            ["stats", "--by", "hour", "--limit", "10000", "--format", "csv"],
        ])
    func understood(arguments: [String]) {
        #expect(throws: Never.self) { try CallboxCommand.parseAsRoot(arguments) }
    }

    @Test(
        "invalid values and invalid combinations of flags are usage errors",
        arguments: [
            ["list", "--limit", "0"], ["list", "--limit", "-1"], ["list", "--limit", "1000001"], ["list", "extra"],
            ["list", "-l", "5"], ["list", "--tz", "Mars"], ["list", "--utc", "--tz", "Asia/Tokyo"], ["show", "x"],
            ["diff", "-1"], ["timeline", "0"], ["list", "--before", "42.x"], ["filters"],
            ["show"], ["show", "1", "--format", "csv"], ["show", "1", "2", "--body"],
            ["show", "1", "--body", "--format", "json"], ["show", "1", "--headers", "--body"],
            ["show", "1", "--headers", "--format", "json"], ["show", "1", "--headers", "--part", "1"],
            ["show", "1", "--part", "0"], ["show", "1", "--part", "-1"], ["show", "1", "2", "--part", "1"],
            ["show", "1", "--reason", " "], ["show", "1", "--color", "sometimes"],
            ["show"] + (1...101).map(String.init), ["audit", "--limit", "0"],
            ["quarantine", "show", "1", "--reason", ""], ["archive", "info", "--format", "csv"],
            ["archive", "info", "--totals", "f"], ["replay", "1"],
            ["replay", "1", "--to", "u", "--rate", "5"], ["replay", "1", "--to", "u", "--concurrency", "0"],
            ["replay", "1", "--to", "u", "--max-failures", "0"], ["replay", "1", "--to", "u", "--yes", "--dry-run"],
            ["export", "--format", "files"], ["export", "--format", "xml"], ["export", "--resume"],
            ["export", "--format", "har", "--output", "x", "--resume"], ["import"],
            ["routes", "explain", "klavi"], ["routes", "urls"], ["--nothing"],
            ["tail", "--last", "-1"], ["tail", "--last", "10001"], ["tail", "--limit", "0"], ["tail", "--idle", "30"],
            ["tail", "--idle", "0s"], ["tail", "--since", "1h", "--since-last"],
            ["tail", "--last", "1", "--since-last"],
            ["tail", "--until", "now"], ["tail", "--format", "csv"], ["stats", "--limit", "3"],
            ["stats", "--by", "week"], ["stats", "--by", "day", "--by", "day"], ["stats", "--format", "csv"],
            ["stats", "--by", "day", "--by", "type", "--by", "topic", "--by", "rule"],
            ["stats", "--by", "day", "--limit", "0"], ["stats", "--by", "day", "--limit", "10001"],
        ])
    func rejected(arguments: [String]) throws {
        let error = try #require(throws: (any Error).self) { try CallboxCommand.parseAsRoot(arguments) }
        #expect(CallboxCommand.exitCode(for: error) == .validationFailure)
        #expect(CallboxCommand.exitCode(for: error).rawValue == CallboxCommands.ExitStatus.usage.rawValue)
    }

    @Test("--json=NAMES reads its value, even before another option")
    func attached() throws {
        for arguments in [["--json=id,type"], ["--json=id,type", "--limit", "3"], ["--json", "id,type", "--all"]] {
            #expect(try ListCommand.parse(arguments).json.json == "id,type")
        }
    }
}
