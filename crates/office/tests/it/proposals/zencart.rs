//! What refers to what in Zen Cart, by its documentation and its code; its schema does not say it.

/// One line per key: the key, then the fields that refer to it. Fields of one link are joined by
/// `+`. Links that only code can tell (`tax_zone_id` means a zone of `geo_zones`) are here, too.
pub(super) const LINKS: &str = "
    address_book.address_book_id: customers.customers_default_address_id
    address_format.address_format_id: countries.address_format_id
        orders.billing_address_format_id orders.customers_address_format_id
        orders.delivery_address_format_id
    admin.admin_id: admin_activity_log.admin_id admin_notifications.admin_id
    admin.admin_name: admin_expired_tokens.admin_name
    admin_menus.menu_key: admin_pages.menu_key
    admin_pages.page_key: admin_pages_to_profiles.page_key
    admin_profiles.profile_id: admin.admin_profile admin_pages_to_profiles.profile_id
    banners.banners_id: banners_history.banners_id
    categories.categories_id: categories.parent_id categories_description.categories_id
        coupon_restrict.category_id featured_categories.categories_id
        meta_tags_categories_description.categories_id product_types_to_category.category_id
        products.master_categories_id products_to_categories.categories_id
    configuration_group.configuration_group_id: configuration.configuration_group_id
    countries.countries_id: address_book.entry_country_id zones.zone_country_id
        zones_to_geo_zones.zone_country_id
    coupons.coupon_code: orders.coupon_code
    coupons.coupon_id: coupon_email_track.coupon_id coupon_redeem_track.coupon_id
        coupon_referrers.coupon_id coupon_restrict.coupon_id coupons_description.coupon_id
    currencies.code: orders.currency paypal.mc_currency
    customer_groups.group_id: customers_to_groups.group_id
    customers.customers_id: address_book.customers_id authorizenet.customer_id
        coupon_email_track.customer_id_sent coupon_gv_customer.customer_id
        coupon_gv_queue.customer_id coupon_redeem_track.customer_id
        customer_password_reset_tokens.customer_id customers_auth_tokens.customers_id
        customers_basket.customers_id customers_basket_attributes.customers_id
        customers_info.customers_info_id customers_to_groups.customer_id
        files_uploaded.customers_id orders.customers_id products_notifications.customers_id
        reviews.customers_id whos_online.customer_id
    ezpages.pages_id: ezpages_content.pages_id
    geo_zones.geo_zone_id: coupons.coupon_zone_restriction tax_rates.tax_zone_id
        zones_to_geo_zones.geo_zone_id
    group_pricing.group_id: customers.customers_group_pricing
    languages.code: orders.language_code
    languages.languages_id: categories_description.language_id count_product_views.language_id
        coupons_description.language_id ezpages_content.languages_id
        manufacturers_info.languages_id meta_tags_categories_description.language_id
        meta_tags_products_description.language_id orders_status.language_id
        plugin_groups_description.language_id products_description.language_id
        products_options.language_id products_options_values.language_id
        record_artists_info.languages_id record_company_info.languages_id
        reviews_description.languages_id tax_rates_description.language_id
    manufacturers.manufacturers_id: manufacturers_info.manufacturers_id
        products.manufacturers_id
    media_manager.media_id: media_clips.media_id media_to_products.media_id
    media_types.type_id: media_clips.clip_type
    music_genre.music_genre_id: product_music_extra.music_genre_id
    orders.orders_id: authorizenet.order_id coupon_gv_queue.order_id
        coupon_redeem_track.order_id orders_products.orders_id
        orders_products_attributes.orders_id orders_products_download.orders_id
        orders_status_history.orders_id orders_total.orders_id paypal.order_id
    orders_products.orders_products_id: orders_products_attributes.orders_products_id
        orders_products_download.orders_products_id
    orders_status.orders_status_id: orders.orders_status orders_status_history.orders_status_id
    paypal.paypal_ipn_id: orders.paypal_ipn_id paypal_payment_status_history.paypal_ipn_id
    paypal.paypal_ipn_id+txn_id: paypal_payment_status_history.paypal_ipn_id+txn_id
    paypal_payment_status.payment_status_name: paypal_payment_status_history.payment_status
    plugin_control.unique_key: plugin_control_versions.unique_key
    plugin_control_versions.unique_key+version: plugin_control.unique_key+version
    plugin_groups.unique_key: plugin_groups_description.plugin_group_unique_key
    product_types.type_id: product_type_layout.product_type_id product_types.type_master_type
        product_types_to_category.product_type_id products.products_type
    products.products_id: count_product_views.product_id coupon_restrict.product_id
        featured.products_id media_to_products.product_id
        meta_tags_products_description.products_id orders_products.products_id
        product_music_extra.products_id products_additional_images.products_id
        products_attributes.products_id products_description.products_id
        products_discount_quantity.products_id products_notifications.products_id
        products_to_categories.products_id reviews.products_id specials.products_id
    products_attributes.products_attributes_id: orders_products_download.products_attributes_id
        products_attributes_download.products_attributes_id
    products_options.products_options_id: orders_products_attributes.products_options_id
        products_attributes.options_id
        products_options_values_to_products_options.products_options_id
    products_options_types.products_options_types_id: products_options.products_options_type
    products_options_values.products_options_values_id:
        customers_basket_attributes.products_options_value_id
        orders_products_attributes.products_options_values_id
        products_attributes.options_values_id
        products_options_values_to_products_options.products_options_values_id
    project_version.project_version_key: project_version_history.project_version_key
    record_artists.artists_id: product_music_extra.artists_id record_artists_info.artists_id
    record_company.record_company_id: product_music_extra.record_company_id
        record_company_info.record_company_id
    reviews.reviews_id: reviews_description.reviews_id
    tax_class.tax_class_id: products.products_tax_class_id tax_rates.tax_class_id
    tax_rates.tax_rates_id: tax_rates_description.tax_rates_id
    zones.zone_id: address_book.entry_zone_id zones_to_geo_zones.zone_id
";

/// The fields that hold secrets, by their names.
pub(super) const SECRETS: &str = "\
    admin.admin_pass admin.prev_pass1 admin.prev_pass2 admin.prev_pass3 admin.reset_token \
    admin.mfa admin_expired_tokens.otp_code authorizenet.session_id \
    customer_password_reset_tokens.token customers.customers_password \
    customers.customers_secret customers_auth_tokens.token files_uploaded.sesskey \
    orders.cc_number orders.cc_cvv paypal_session.session_id paypal_session.saved_session \
    sessions.sesskey sessions.value whos_online.session_id";
