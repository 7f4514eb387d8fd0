//! Currencies of ISO 4217, as far as amounts need them.

/// Currencies whose minor unit is a hundredth.
const HUNDREDTHS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL \
    BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP \
    GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK \
    LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR \
    NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN \
    SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW";
/// Currencies without a minor unit.
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
/// Currencies whose minor unit is a thousandth.
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";
/// Units of account with four digits.
const FOUR: &str = "CLF UYW";

/// Digits of a currency's minor unit (2 for `EUR`, 0 for `JPY`, 3 for `KWD`) after ISO 4217;
/// `None` for a code that is not one of its currencies. Case does not matter.
#[must_use]
pub fn minor_digits(code: &str) -> Option<u8> {
    let code = code.trim().to_ascii_uppercase();
    let is_in = |list: &str| list.split_whitespace().any(|known| known == code);
    [(HUNDREDTHS, 2), (WHOLE, 0), (THOUSANDTHS, 3), (FOUR, 4)]
        .into_iter()
        .find_map(|(list, digits)| is_in(list).then_some(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_has_the_digits_of_its_minor_unit() {
        assert_eq!(minor_digits("EUR"), Some(2));
        assert_eq!(minor_digits("jpy"), Some(0));
        assert_eq!(minor_digits("KWD"), Some(3));
        assert_eq!(minor_digits("€"), None);
        assert_eq!(minor_digits(""), None);
    }
}
