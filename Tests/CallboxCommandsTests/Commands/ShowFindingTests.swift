import CallboxConfiguration
import Deliveries
import Providers
import ReportIndex
import ServerTestKit
import TerminalOutput
import TestKit
import Testing

@testable import Analysis
@testable import CallboxCommands
@testable import Presentation

@Suite("Finding the deliveries for show", .offPool)
struct ShowFindingTests {
    private static func finding(_ archive: TestArchive, part: Int? = nil) async throws -> ShowFinding {
        try archive.index()
        let access = ArchiveAccess(try archive.configuration(), console: RecordedOutput().console())
        return ShowFinding(try await access.reader(), part: part, .standard)
    }

    @Test("'latest' finds the delivery of the newest report, and an ID finds the delivery with this ID")
    func places() async throws {
        try await TestArchive.with { archive in
            let finding = try await Self.finding(archive)
            for target in [ItemReference.latest, .delivery(DeliveryID(rawValue: 1))] {
                let place = try ShowFinding.Place(target, finding.reader)
                #expect(place.description == "1")
                #expect(try finding.view(of: place).reports.map(\.report.type) == ["link_created"])
            }
        }
    }

    @Test("a missing item is reported before any item is shown")
    func missing() async throws {
        try await TestArchive.with { archive in
            let finding = try await Self.finding(archive)
            let gone = ItemReference.delivery(DeliveryID(rawValue: 2))
            #expect(throws: CommandFailure.noSuchDelivery(DeliveryID(rawValue: 2))) {
                try ShowFinding.Place(gone, finding.reader)
            }
            let place = try ShowFinding.Place(.report(DeliveryID(rawValue: 1), ordinal: 2), finding.reader)
            #expect(place.description == "1.2")
            #expect(throws: PresentationError.noReport(DeliveryID(rawValue: 1), ordinal: 2, reportCount: 1)) {
                try finding.view(of: place)
            }
        }
    }

    @Test("an element of the body is found by its number, and a missing element is an error")
    func parts() async throws {
        try await TestArchive.with { archive in
            let first = try await Self.finding(archive, part: 1)
            let place = try ShowFinding.Place(.latest, first.reader)
            let part = try #require(try first.view(of: place).part)
            #expect((part.number, part.count) == (1, 1))
            #expect(try first.body(of: place) == part.bytes)
            #expect(part.bytes.first == UInt8(ascii: "{"))
            let second = try await Self.finding(archive, part: 2)
            let missing = PresentationError.noPart(DeliveryID(rawValue: 1), partCount: 1)
            #expect(throws: missing) { try second.view(of: place) }
            #expect(throws: missing) { try second.body(of: place) }
        }
    }
}
