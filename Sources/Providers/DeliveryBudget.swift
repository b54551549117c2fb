/// Limits on what is indexed of one delivery. A sender chooses how many reports and values a body has; memory depends
/// on these numbers instead. No known honest delivery is near them.
struct DeliveryLimits {
    var reportCount = 10_000
    /// Fields of one report.
    var reportFieldCount = 256
    /// Fields of all reports.
    var fieldCount = 50_000
    /// Bytes of the fields' names and values and of the externalInfos kept beside the reports.
    var byteCount = 8 * 1024 * 1024
    /// Bytes of one name or value; a longer one is found by searches over bodies.
    var valueByteCount = 1024
    /// Bytes of an externalInfo kept beside its report; a longer one is read from the body.
    var externalInfoByteCount = 64 * 1024
    /// Bytes of names and values compared with those known, repeats included: a leaf of two bytes may have a path of a
    /// kilobyte.
    var comparedByteCount = 64 * 1024 * 1024
}

/// How much of one delivery can still be indexed, shared by its reports.
///
/// A share is reserved for the identifiers of each report, which are first, regardless of the reports before it:
/// ```
/// available to report 3 of 6 = left of the limit - 3 shares
/// share of fields            = limit / 6, at most the fields of a report
/// share of bytes             = limit / 12: identifiers are short
/// ```
final class DeliveryBudget {
    /// Fields and bytes, left or reserved.
    struct Amount {
        var fieldCount: Int
        var byteCount: Int
        var comparedByteCount: Int
    }

    let limits: DeliveryLimits
    let reportCount: Int
    private var left: Amount
    private var unreadReportCount: Int

    /// - Parameter reportCount: the reports that will be read.
    init(reportCount: Int = 1, limits: DeliveryLimits = DeliveryLimits()) {
        self.limits = limits
        self.reportCount = max(1, min(reportCount, limits.reportCount))
        self.left = Amount(
            fieldCount: limits.fieldCount, byteCount: limits.byteCount, comparedByteCount: limits.comparedByteCount)
        self.unreadReportCount = self.reportCount
    }

    /// Begins the next report; returns the amount reserved for later ones.
    func beginReport() -> Amount {
        unreadReportCount = max(0, unreadReportCount - 1)
        return Amount(
            fieldCount: min(limits.reportFieldCount, limits.fieldCount / reportCount) * unreadReportCount,
            byteCount: limits.byteCount / (2 * reportCount) * unreadReportCount,
            comparedByteCount: limits.comparedByteCount / (2 * reportCount) * unreadReportCount)
    }

    func available(reserved: Amount) -> Amount {
        Amount(
            fieldCount: left.fieldCount - reserved.fieldCount, byteCount: left.byteCount - reserved.byteCount,
            comparedByteCount: left.comparedByteCount - reserved.comparedByteCount)
    }

    func spend(fieldCount: Int = 0, byteCount: Int = 0, comparedByteCount: Int = 0) {
        left.fieldCount -= fieldCount
        left.byteCount -= byteCount
        left.comparedByteCount -= comparedByteCount
    }
}
