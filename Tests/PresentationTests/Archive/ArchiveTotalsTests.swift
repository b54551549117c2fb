import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex

@Suite("The totals of archive info")
struct ArchiveTotalsTests {
    private static let full = ArchiveStatistics(
        sources: [
            .init(source: "certn", deliveryCount: 1, bodyByteCount: 14_750, storedByteCount: 2950),
            .init(source: "klavi", deliveryCount: 1200, bodyByteCount: 5_242_880, storedByteCount: 1_048_576),
            .init(source: "ezid", deliveryCount: 3, bodyByteCount: 0, storedByteCount: 0),
        ],
        reportCount: 1, unroutedCount: 4, unrecognisedCount: 2, replayCount: 1, unindexedCount: 7,
        firstReceivedAtMilliseconds: 1_793_613_600_250, lastReceivedAtMilliseconds: 1_793_700_000_000,
        fileByteCount: 1_572_864)

    private static let empty = ArchiveStatistics(
        sources: [], reportCount: 0, unroutedCount: 0, unrecognisedCount: 0, replayCount: 0, unindexedCount: 0,
        firstReceivedAtMilliseconds: nil, lastReceivedAtMilliseconds: nil, fileByteCount: 4096)

    private static func lines(_ statistics: ArchiveStatistics, isTerminal: Bool = false) -> [String] {
        ArchiveInfoView.lines(statistics, RecordedOutput().console(isTerminal: isTerminal))
    }

    @Test("the totals of an archive are printed as text", arguments: [false, true])
    func lines(isTerminal: Bool) {
        #expect(
            Self.lines(Self.full, isTerminal: isTerminal) == [
                "SOURCE  DELIVERIES   BODIES  STORED  RATIO",
                "certn            1  14.4 KB  2.9 KB   20 %",
                "klavi         1200   5.0 MB  1.0 MB   20 %",
                "ezid             3      0 B     0 B      -",
                "",
                "1 report, 4 unrouted, 2 unrecognised, 7 not indexed yet; 1 replay",
                "1.5 MB in all files",
                isTerminal
                    ? "received from 2026-11-02 10:00:00Z to 2026-11-03 10:00:00Z"
                    : "received from 2026-11-02T10:00:00.250Z to 2026-11-03T10:00:00.000Z",
            ])
    }

    @Test("the totals of an empty archive are printed as text")
    func noLines() {
        #expect(
            Self.lines(Self.empty) == [
                "SOURCE  DELIVERIES  BODIES  STORED  RATIO", "",
                "0 reports, 0 unrouted, 0 unrecognised, 0 not indexed yet; 0 replays", "4.0 KB in all files",
            ])
    }

    @Test("the totals of an archive are printed as JSON")
    func json() {
        #expect(
            ArchiveInfoView.json(Self.full).line
                == #"{"deliveries":1204,"reports":1,"unrouted":4,"unrecognised":2,"unindexed":7,"replays":1,"#
                + #""bodyBytes":5257630,"storedBytes":1051526,"fileBytes":1572864,"#
                + #""firstReceivedAt":"2026-11-02T10:00:00.250Z","lastReceivedAt":"2026-11-03T10:00:00.000Z","#
                + #""sources":[{"source":"certn","deliveries":1,"bodyBytes":14750,"storedBytes":2950},"#
                + #"{"source":"klavi","deliveries":1200,"bodyBytes":5242880,"storedBytes":1048576},"#
                + #"{"source":"ezid","deliveries":3,"bodyBytes":0,"storedBytes":0}]}"#)
        #expect(
            ArchiveInfoView.json(Self.empty).line
                == #"{"deliveries":0,"reports":0,"unrouted":0,"unrecognised":0,"unindexed":0,"replays":0,"#
                + #""bodyBytes":0,"storedBytes":0,"fileBytes":4096,"firstReceivedAt":null,"lastReceivedAt":null,"#
                + #""sources":[]}"#)
    }

    @Test("a source's name cannot control a terminal, and extreme sizes do not overflow the ratio")
    func hostile() {
        let statistics = ArchiveStatistics(
            sources: [
                .init(source: HostileText.sample, deliveryCount: 1, bodyByteCount: 1 << 62, storedByteCount: 1 << 61)
            ],
            reportCount: 0, unroutedCount: 0, unrecognisedCount: 0, replayCount: 0, unindexedCount: 0,
            firstReceivedAtMilliseconds: .min, lastReceivedAtMilliseconds: .max, fileByteCount: .max)
        for line in Self.lines(statistics) { #expect(HostileText.hostile(in: line).isEmpty) }
        #expect(Self.lines(statistics)[1].hasSuffix("  50 %"))
        #expect(HostileText.hostile(in: ArchiveInfoView.json(statistics).line).isEmpty)
    }
}
