import Foundation

/// The monotonic clock, in nanoseconds: cheap enough to be read twice a delivery.
enum Clock {
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    static func seconds(since start: Int64) -> Double {
        Double(now - start) / 1e9
    }
}
