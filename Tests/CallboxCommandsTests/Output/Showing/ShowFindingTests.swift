import CallboxConfiguration
import Deliveries
import ReportIndex
import ServerTestKit
import TerminalOutput
import TestKit
import Testing

@testable import Analysis
@testable import CallboxCommands

@Suite("Finding what show is asked for", .offPool)
struct ShowFindingTests {
    private static func finding(_ archive: TestArchive, part: Int? = nil) async throws -> ShowFinding {
        try archive.index()
        let access = ArchiveAccess(try archive.configuration(), console: RecordedOutput().console())
        return ShowFinding(reader: try await access.reader(), part: part)
    }

    @Test("the newest report's delivery, and a delivery by its number")
    func places() async throws {
        try await TestArchive.with { archive in
            let finding = try await Self.finding(archive)
            for target in [ItemReference.latest, .delivery(DeliveryID(rawValue: 1))] {
                let place = try finding.place(of: target)
                #expect(place.description == "1")
                #expect(try finding.view(of: place).reports.map(\.report.type) == ["link_created"])
            }
        }
    }

    @Test("missing items are reported before any item is shown")
    func missing() async throws {
        try await TestArchive.with { archive in
            let finding = try await Self.finding(archive)
            let gone = ItemReference.delivery(DeliveryID(rawValue: 2))
            #expect(throws: CommandFailure.noSuchDelivery(DeliveryID(rawValue: 2))) { try finding.place(of: gone) }
            let place = try finding.place(of: .report(DeliveryID(rawValue: 1), ordinal: 2))
            #expect(place.description == "1.2")
            let failure = #expect(throws: CommandFailure.self) { try finding.view(of: place) }
            #expect(failure?.message == "delivery 1 has no report 2")
            #expect(failure?.status == .negative)
        }
    }

    @Test("an element of the body, and no other than those that are there")
    func parts() async throws {
        try await TestArchive.with { archive in
            let first = try await Self.finding(archive, part: 1)
            let place = try first.place(of: .latest)
            let part = try #require(try first.view(of: place).part)
            #expect((part.number, part.count) == (1, 1))
            #expect(try first.body(of: place) == part.bytes)
            #expect(part.bytes.first == UInt8(ascii: "{"))
            let second = try await Self.finding(archive, part: 2)
            let failure = #expect(throws: CommandFailure.self) { try second.view(of: place) }
            #expect(failure?.message == "the body of delivery 1 has 1 part")
            #expect(throws: CommandFailure.self) { try second.body(of: place) }
        }
    }
}
