import Deliveries
import Foundation

extension SyntheticTraffic {
    /// Midnight today. All runs of a day must create the same archive.
    static var today: Timestamp {
        let days = Int64(Date.now.timeIntervalSince1970) / 86_400
        return Timestamp(millisecondsSinceEpoch: days * 86_400_000)
    }

    static func forScale(_ reportCount: Int) -> SyntheticTraffic {
        SyntheticTraffic(reportCount: reportCount, seed: 1, bodyByteCount: 2048, end: today)
    }
}
