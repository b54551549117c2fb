import Deliveries
import Journal
import OutboundHTTP
import Providers
import Replay
import ReportIndex
import ServerTestKit
import StrictJSON
import Tail
import TestKit
import Testing

@testable import Relay

@Suite("Forwarding of deliveries", .offPool)
struct RelayTests {
    private static func relay(
        _ archive: TestArchive, to port: Int, _ events: Events, home: TemporaryFolder,
        _ change: (inout RelaySettings) -> Void = { _ in }
    ) -> Relay {
        var settings = RelaySettings()
        settings.start = .since(Timestamp(millisecondsSinceEpoch: 0))
        settings.idle = .milliseconds(50)
        settings.interval = .milliseconds(5)
        change(&settings)
        var backoff = RelayBackoff()
        backoff.first = .milliseconds(5)
        backoff.longest = .milliseconds(20)
        return Relay(
            settings, of: FollowedArchive(archive.directory),
            preparation: ReplayPreparation(to: "http://127.0.0.1:\(port)/hook", runID: "run"),
            sender: ReplaySender(client: OutboundClient(.named), timeout: .seconds(60)), backoff: backoff,
            environment: ["XDG_STATE_HOME": home.path], now: { .fixture }, record: { events.keep($0) },
            describe: { "\($0)" }, report: events.add)
    }

    /// Runs `body` with an indexed archive that contains the sample `link-created` and then `samples`, and with a
    /// target that accepts all deliveries.
    private static func with(
        _ samples: [String], _ body: (TestArchive, Target, Int, Events, TemporaryFolder) async throws -> Void
    ) async throws {
        let home = try TemporaryFolder()
        try await TestArchive.with { archive in
            try append(samples, to: archive)
            try archive.index()
            try await Target.with([200]) { target, port in
                try await body(archive, target, port, Events(), home)
            }
        }
        withExtendedLifetime(home) {}
    }

    private static func append(_ samples: [String], to archive: TestArchive) throws {
        let writer = try JournalWriter(archive.directory)
        defer { writer.close() }
        for (seed, sample) in samples.enumerated() {
            try writer.append([.delivery(EncodedDelivery(.sample(sample), seed: UInt64(seed + 1)))], at: .fixture)
        }
    }

    @Test("deliveries arrive in order with their bodies, and records of the journal are not sent")
    func order() async throws {
        let home = try TemporaryFolder()
        try await TestArchive.with { archive in
            try Self.append(["klavi/checking-account-report", "klavi/link-created-event"], to: archive)
            let writer = try JournalWriter(archive.directory)
            try writer.append([.record(.replay(TestArchive.replay))], at: .fixture)
            writer.close()
            try archive.index()
            try await Target.with([200]) { target, port in
                let events = Events()
                try await Self.relay(archive, to: port, events, home: home).run()
                #expect(target.ids == ["1", "2", "3"])
                #expect(target.bodies[1] == Sample.named("klavi/checking-account-report").request.body)
                #expect(events.statuses == [200, 200, 200] && events.records.isEmpty)
            }
        }
        withExtendedLifetime(home) {}
    }

    @Test("a target that is busy or down gets the same delivery again before the next delivery")
    func retries() async throws {
        let home = try TemporaryFolder()
        try await TestArchive.with { archive in
            try Self.append(["klavi/checking-account-report"], to: archive)
            try archive.index()
            try await Target.with([503, 429, 502, 200]) { target, port in
                let events = Events()
                try await Self.relay(archive, to: port, events, home: home).run()
                #expect(target.ids == ["1", "1", "1", "1", "2"])
                let causes = events.all.compactMap { event in
                    if case .retrying(let delivery, let cause, _) = event {
                        "\(delivery.attempt) \(cause)"
                    } else {
                        nil
                    }
                }
                #expect(causes == ["1 response 503", "2 response 429", "3 response 502"])
            }
            let port = try RawReceiver.freePort()
            let events = Events()
            let relay = Self.relay(archive, to: port, events, home: home)
            let hasEnded = Pending<Bool>.event()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { hasEnded.happen() }
                    try await relay.run()
                }
                while !hasEnded.value, !events.all.contains(where: { if case .retrying = $0 { true } else { false } }) {
                    await Task.yield()
                }
                try await Target.with(port: port, [200]) { target, _ in
                    try await group.next()
                    #expect(target.ids == ["1", "2"])
                }
            }
            guard case .retrying(_, "connection refused", _) = events.all.first else {
                Issue.record("\(events.all)")
                return
            }
        }
        withExtendedLifetime(home) {}
    }

    @Test(
        "a delivery that the target rejects is recorded, and the next delivery is sent",
        arguments: [400, 401, 500, 302, 508])
    func rejected(status: Int) async throws {
        let home = try TemporaryFolder()
        try await TestArchive.with { archive in
            try Self.append(["klavi/checking-account-report"], to: archive)
            try archive.index()
            try await Target.with([status, 200]) { target, port in
                let events = Events()
                try await Self.relay(archive, to: port, events, home: home).run()
                #expect(target.ids == ["1", "2"])
                guard case .replay(let record) = events.records.first, events.records.count == 1,
                    case .responded(status, _, _) = record.outcome
                else {
                    Issue.record("\(events.records)")
                    return
                }
                #expect(record.deliveryID == DeliveryID(rawValue: 1))
            }
        }
        withExtendedLifetime(home) {}
    }

    @Test("a relay continues after the last delivery sent under its name, and a new relay sends only new deliveries")
    func resumes() async throws {
        let home = try TemporaryFolder()
        try await TestArchive.with { archive in
            try archive.index()
            try await Target.with([200]) { target, port in
                let events = Events()
                try await Self.relay(archive, to: port, events, home: home).run()
                try Self.append(["klavi/checking-account-report"], to: archive)
                try await Self.relay(archive, to: port, events, home: home) { $0.start = .resumed }.run()
                #expect(target.ids == ["1", "2"])
                #expect(events.notes.isEmpty)
                try await Self.relay(archive, to: port, events, home: home) {
                    $0.start = .resumed
                    $0.name = "other"
                }.run()
                #expect(target.ids == ["1", "2"])
                #expect(events.notes == [.noPosition])
            }
            try await TestArchive.with { other in
                let position = try #require(
                    FollowerFile(
                        named: "relay-default", of: archive.directory, environment: ["XDG_STATE_HOME": home.path]))
                guard case .bytes(let bytes) = position.read() else {
                    Issue.record("no position")
                    return
                }
                let copy = try #require(
                    FollowerFile(
                        named: "relay-default", of: other.directory, environment: ["XDG_STATE_HOME": home.path]))
                #expect(copy.write(bytes))
                try other.index()
                let events = Events()
                try await Self.relay(other, to: 1, events, home: home) { $0.start = .resumed }.run()
                #expect(events.notes == [.positionIsOfAnotherArchive])
            }
        }
        withExtendedLifetime(home) {}
    }

    @Test("filters on sources and on reports select deliveries, and a filter on reports waits for the index")
    func filters() async throws {
        try await Self.with(["klavi/checking-account-report", "klavi/link-created-event"]) {
            archive, target, port, events, home in
            try await Self.relay(archive, to: port, events, home: home) { $0.filter.sources = ["absent"] }.run()
            #expect(target.ids.isEmpty)
            try await Self.relay(archive, to: port, events, home: home) {
                $0.filter.types = ["pf_checking_account"]
            }.run()
            #expect(target.ids == ["2"])
            #expect(events.notes.isEmpty)
        }
    }

    @Test("a relay ends at its limit, and the next relay continues there")
    func limit() async throws {
        try await Self.with(["klavi/checking-account-report", "klavi/link-created-event"]) {
            archive, target, port, events, home in
            try await Self.relay(archive, to: port, events, home: home) { $0.limit = 1 }.run()
            #expect(target.ids == ["1"])
            try await Self.relay(archive, to: port, events, home: home) { $0.start = .resumed }.run()
            #expect(target.ids == ["1", "2", "3"])
        }
    }

    @Test("each pause between attempts is twice as long as the previous pause, up to 30 seconds")
    func backoff() {
        let backoff = RelayBackoff()
        let waits = [1, 2, 3, 7, 100].map { backoff.wait(after: $0) }
        #expect(waits == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(30), .seconds(30)])
    }

    @Test("a position is unchanged after writing and parsing, and malformed positions are rejected")
    func positions() {
        for position in [
            RelayPosition(entry: 0, chain: nil), RelayPosition(entry: 7, chain: [UInt8](repeating: 3, count: 32)),
        ] {
            #expect(RelayPosition(Array(position.json.compact.utf8)) == position)
        }
        for text in [
            "", "{}", "[]", #"{"version":2,"delivery":1,"chain":null}"#, #"{"version":1,"delivery":-1,"chain":null}"#,
            #"{"version":1,"delivery":1,"chain":"00"}"#,
        ] {
            #expect(RelayPosition(Array(text.utf8)) == nil)
        }
    }

    @Test(
        "a relay name consists of lower-case letters, digits, hyphens and underscores",
        arguments: [("default", true), ("a-1_b", true), ("", false), ("../a", false), ("A", false)])
    func names(text: String, isName: Bool) {
        #expect(RelaySettings.isName(text) == isName)
    }
}
