import ArchiveTestKit
import Deliveries
import Quarantine
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("Feed merge")
struct FeedMergeTests {
    private static func rejected(_ id: Int64, at time: Int64) -> FeedEvent {
        .rejected(
            RejectedArrival(
                id: QuarantineID(rawValue: id), receivedAt: QueryArchive.time(time), source: "klavi", method: "POST",
                target: "/", peer: "::1", verification: .failed, reason: "", bodyByteCount: 0, bodySHA256: []))
    }

    private static func replayed(_ number: Int64, at time: Int64) -> FeedEvent {
        .replayed(FeedReplay(number: number, record: .fixture(startedAt: QueryArchive.time(time))))
    }

    private static func stream(_ events: [FeedEvent], end: Int64, isCut: Bool = false) -> FeedMerge.Stream {
        FeedMerge.Stream(events: events, end: end, isCut: isCut)
    }

    private static let nothing = stream([], end: 7)

    private static func names(_ page: FeedPage) -> [String] {
        page.events.map { event in
            switch event {
            case .arrived(let arrival): "a\(arrival.report.arrivalID.rawValue)"
            case .rejected(let rejected): "q\(rejected.id)"
            case .replayed(let replay): "r\(replay.number)"
            }
        }
    }

    @Test("all events are merged by time, and each stream keeps its own order")
    func order() {
        let page = FeedMerge.page(
            .start, Self.nothing, Self.stream([Self.rejected(1, at: 5), Self.rejected(2, at: 3)], end: 4),
            Self.stream([Self.replayed(1, at: 4), Self.replayed(2, at: 5)], end: 2))
        #expect(Self.names(page) == ["r1", "q1", "q2", "r2"])
        #expect(page.end == FeedPosition(arrival: .init(rawValue: 7), rejected: .init(rawValue: 4), replay: 2))
        #expect(!page.hasMore)
    }

    @Test("if one stream reaches its limit, later events of the other streams wait for the next page")
    func horizon() {
        let page = FeedMerge.page(
            .start, Self.nothing, Self.stream([Self.rejected(1, at: 1), Self.rejected(2, at: 2)], end: 2, isCut: true),
            Self.stream([Self.replayed(1, at: 2), Self.replayed(2, at: 3)], end: 9))
        #expect(Self.names(page) == ["q1", "q2", "r1"])
        #expect(page.end.replay == 1)
        #expect(page.end.rejected == QuarantineID(rawValue: 2))
        #expect(page.hasMore)
    }

    @Test("if two streams reach their limits, the page has all events of the stream whose last event is earlier")
    func twoCuts() {
        let page = FeedMerge.page(
            .start, Self.nothing, Self.stream([Self.rejected(1, at: 9), Self.rejected(2, at: 2)], end: 2, isCut: true),
            Self.stream([Self.replayed(1, at: 1), Self.replayed(2, at: 3)], end: 2, isCut: true))
        #expect(Self.names(page) == ["r1", "q1", "q2"])
        #expect(page.end.rejected == QuarantineID(rawValue: 2))
        #expect(page.end.replay == 1)
    }

    @Test("if one stream reaches its limit without a matching event, its position advances and the other streams wait")
    func unwanted() {
        let page = FeedMerge.page(
            .start, Self.stream([], end: 50, isCut: true), Self.stream([Self.rejected(1, at: 1)], end: 1), Self.nothing)
        #expect(page.events.isEmpty)
        #expect(page.end.arrival == ReportID(rawValue: 50))
        #expect(page.end.rejected == QuarantineID(rawValue: 0))
        #expect(page.hasMore)
    }

    @Test("the latest possible time does not end the process")
    func greatestTime() {
        let page = FeedMerge.page(
            .start, Self.nothing, Self.stream([Self.rejected(1, at: .max)], end: 1),
            Self.stream([Self.replayed(1, at: .max)], end: 1))
        #expect(Self.names(page) == ["q1", "r1"])
    }
}
