import Foundation

/// The monotonic clock, in nanoseconds. A load reads the clock twice per delivery, so a reading must be cheap.
enum Clock {
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// The CPU time of the calling thread.
    static var threadSeconds: Double {
        seconds(CLOCK_THREAD_CPUTIME_ID)
    }

    /// The CPU time of the whole process.
    static var processSeconds: Double {
        seconds(CLOCK_PROCESS_CPUTIME_ID)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func seconds(since start: Int64) -> Double {
        Double(now - start) / 1e9
    }
}
