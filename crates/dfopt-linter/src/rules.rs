//! The table of all rules, sorted by name. A rule has two lines here and everything else in its own file.

mod add_of_local_file;
mod and_or_as_if;
mod apk_cache_in_layer;
mod apt_get_without_yes;
mod apt_in_script;
mod apt_install_without_update;
mod apt_lists_in_layer;
mod apt_recommended_packages;
mod apt_update_apart_from_install;
mod archive_left_in_layer;
mod backtick_substitution;
mod base_named_like_later_stage;
mod base_platform_mismatch;
mod base_without_default;
mod base_without_digest;
mod bashism;
mod blank_base_name;
mod blank_continuation_line;
mod blank_variable_name;
mod broken_json_form;
mod build_directory_copied;
mod build_only_tool_shipped;
mod build_platform_in_final_stage;
mod bundler_cache_in_layer;
mod cache_mount_of_other_home;
mod cargo_cache_in_layer;
mod cd_back;
mod cd_in_run;
mod chown_of_earlier_layer;
mod chown_on_windows;
mod combined_test;
mod command_line_in_one_string;
mod compiler_shipped;
mod composer_cache_in_layer;
mod conda_cache_in_layer;
mod consecutive_run;
mod constant_platform;
mod copied_archive_extracted;
mod copied_file_outside_context;
mod copy_from_own_stage;
mod copy_to_root;
mod curl_ignores_http_errors;
mod curl_without_location;
mod daemon_as_command;
mod dash_like_glob;
mod debian_frontend_in_env;
mod debug_mode_in_final_stage;
mod defeated_cache_mount;
mod deleted_in_later_layer;
mod deprecated_apt_key;
mod deprecated_package_source;
mod dev_dependencies_shipped;
mod distribution_upgrade;
mod dnf_cache_in_layer;
mod dnf_without_yes;
mod docker_socket_in_image;
mod dropped_supplementary_groups;
mod duplicate_stage_name;
mod echo_escape_sequence;
mod empty_command;
mod empty_label;
mod empty_stage_copied;
mod end_of_life_base;
mod expired_suppression;
mod expose_port_mismatch;
mod exposed_admin_port;
mod extra_argument;
mod find_xargs_without_null;
mod flag_newer_than_syntax;
mod flag_without_value;
mod forbidden_onbuild_trigger;
mod forward_stage_reference;
mod full_variant_base;
mod gem_docs_in_layer;
mod global_arg_out_of_scope;
mod go_cache_in_layer;
mod gpu_query_in_run;
mod hardcoded_architecture;
mod hardcoded_secret;
mod heredoc_destination;
mod high_uid_useradd;
mod host_dependencies_copied;
mod host_files_unignored;
mod host_key_checking_disabled;
mod host_port_in_expose;
mod ignored_arg_default;
mod ignored_cmd;
mod ignored_copy_source;
mod implicit_root_user;
mod inline_ignore;
mod install_as_user;
mod install_without_cache_mount;
mod instruction_before_from;
mod invalid_check_directive;
mod invalid_chmod;
mod invalid_duration;
mod invalid_escape_directive;
mod invalid_from_flag;
mod invalid_image_reference;
mod invalid_label_key;
mod invalid_mount;
mod invalid_platform;
mod invalid_port;
mod invalid_retries;
mod invalid_run_option;
mod invalid_stage_name;
mod json_array_of_non_strings;
mod label_not_email;
mod label_not_git_hash;
mod label_not_rfc3339;
mod label_not_semver;
mod label_not_spdx;
mod label_not_url;
mod last_user_root;
mod latest_tag;
mod legacy_key_value;
mod literal_backslash;
mod literal_brace_or_bracket;
mod literal_tilde;
mod lost_shell_state;
mod maintainer_instruction;
mod malformed_from;
mod malformed_suppression;
mod masked_exit_in_declaration;
mod maven_cache_in_layer;
mod mismatched_as_case;
mod mismatched_doc_comment;
mod misplaced_checksum;
mod misplaced_directive;
mod missing_argument;
mod missing_copy_source;
mod missing_equals;
mod missing_from;
mod missing_healthcheck;
mod missing_healthcheck_tool;
mod missing_label;
mod missing_main_process;
mod misspelled_directive;
mod mixed_instruction_case;
mod mkdir_mode_of_leaf_only;
mod mount_from_number;
mod multiple_sources_without_slash;
mod named_owner_on_link;
mod named_user;
mod named_user_in_scratch;
mod noisy_wget;
mod non_boolean_flag_value;
mod non_portable_expr;
mod not_utf8;
mod npm_cache_in_layer;
mod numeric_stage_reference;
mod obsolete_grep;
mod odd_command_word;
mod one_round_loop;
mod output_lost_in_mount;
mod overlong_line;
mod overridden_cmd;
mod overridden_entrypoint;
mod overridden_healthcheck;
mod overwritten_env;
mod overwritten_label;
mod package_manager_as_init;
mod package_signature_unchecked;
mod package_upgrade;
mod parsed_ls;
mod password_set_in_build;
mod path_without_inherited_value;
mod pip_cache_in_layer;
mod pipe_without_pipefail;
mod piped_remote_script;
mod plain_http_download;
mod pointless_command;
mod prefix_assignment_not_seen;
mod privileged_run;
mod production_install_before_build;
mod pseudo_filesystem_workdir;
mod redirected_find;
mod redundant_target_platform;
mod relative_copy_destination;
mod relative_workdir;
mod relinked_sh;
mod remote_source_in_copy;
mod remote_source_without_checksum;
mod repeated_directive;
mod repeated_flag;
mod reserved_stage_name;
mod rm_of_maybe_empty_path;
mod root_owned_cache_mount;
mod root_owned_copy_after_user;
mod secret_file_copied;
mod secret_in_arg_or_env;
mod secret_written_to_layer;
mod self_referencing_env;
mod setuid_file;
mod shell_form_command;
mod shell_form_in_scratch;
mod shell_not_json;
mod shell_syntax_error;
mod shell_syntax_in_exec_form;
mod shellcheck;
mod single_quoted_expansion;
mod skipped_errexit;
mod source_before_dependencies;
mod source_before_system_packages;
mod source_tree_shipped;
mod stopsignal_on_windows;
mod sudo_in_run;
mod suppression_without_reason;
mod tail_as_main_process;
mod tls_verification_disabled;
mod toolchain_base_shipped;
mod unassigned_shell_variable;
mod uncatchable_stopsignal;
mod unchecked_cd;
mod unclosed_quote;
mod undeclared_arg_in_from;
mod undefined_variable;
mod undeleted_virtual_packages;
mod unignored_secret_file;
mod unknown_copy_source;
mod unknown_flag;
mod unknown_healthcheck_type;
mod unknown_instruction;
mod unknown_rule_in_suppression;
mod unknown_signal;
mod unlisted_label;
mod unlocked_apt_cache_mount;
mod unlocked_install;
mod unpinned_apk_package;
mod unpinned_apt_package;
mod unpinned_cargo_crate;
mod unpinned_dnf_package;
mod unpinned_gem;
mod unpinned_git_clone;
mod unpinned_go_module;
mod unpinned_npm_package;
mod unpinned_pip_package;
mod unpinned_yum_package;
mod unpinned_zypper_package;
mod unquoted_at;
mod unquoted_command_substitution;
mod unquoted_find_pattern;
mod unquoted_variable;
mod unset_required_variable;
mod unsorted_packages;
mod unsupported_substitution;
mod untagged_base;
mod unterminated_heredoc;
mod untrusted_registry;
mod unused_arg;
mod unused_created_user;
mod unused_env;
mod unused_shell_variable;
mod unused_stage;
mod unused_suppression;
mod unverified_download;
mod uppercase_expose_protocol;
mod uppercase_in_directive;
mod uppercase_stage_name;
mod useless_cat;
mod useless_echo;
mod variable_in_exec_form;
mod variable_in_printf_format;
mod volatile_value_before_build;
mod wget_and_curl;
mod whole_context_copy;
mod whole_filesystem_copy;
mod world_readable_secret;
mod world_writable_mode;
mod write_after_volume;
mod yarn_cache_in_layer;
mod yum_cache_in_layer;
mod yum_without_yes;
mod zypper_cache_in_layer;
mod zypper_without_yes;

use crate::Rule;

static RULES: &[&Rule] = &[
    &add_of_local_file::RULE,
    &and_or_as_if::RULE,
    &apk_cache_in_layer::RULE,
    &apt_get_without_yes::RULE,
    &apt_in_script::RULE,
    &apt_install_without_update::RULE,
    &apt_lists_in_layer::RULE,
    &apt_recommended_packages::RULE,
    &apt_update_apart_from_install::RULE,
    &archive_left_in_layer::RULE,
    &backtick_substitution::RULE,
    &base_named_like_later_stage::RULE,
    &base_platform_mismatch::RULE,
    &base_without_default::RULE,
    &base_without_digest::RULE,
    &bashism::RULE,
    &blank_base_name::RULE,
    &blank_continuation_line::RULE,
    &blank_variable_name::RULE,
    &broken_json_form::RULE,
    &build_directory_copied::RULE,
    &build_only_tool_shipped::RULE,
    &build_platform_in_final_stage::RULE,
    &bundler_cache_in_layer::RULE,
    &cache_mount_of_other_home::RULE,
    &cargo_cache_in_layer::RULE,
    &cd_back::RULE,
    &cd_in_run::RULE,
    &chown_of_earlier_layer::RULE,
    &chown_on_windows::RULE,
    &combined_test::RULE,
    &command_line_in_one_string::RULE,
    &compiler_shipped::RULE,
    &composer_cache_in_layer::RULE,
    &conda_cache_in_layer::RULE,
    &consecutive_run::RULE,
    &constant_platform::RULE,
    &copied_archive_extracted::RULE,
    &copied_file_outside_context::RULE,
    &copy_from_own_stage::RULE,
    &copy_to_root::RULE,
    &curl_ignores_http_errors::RULE,
    &curl_without_location::RULE,
    &daemon_as_command::RULE,
    &dash_like_glob::RULE,
    &debian_frontend_in_env::RULE,
    &debug_mode_in_final_stage::RULE,
    &defeated_cache_mount::RULE,
    &deleted_in_later_layer::RULE,
    &deprecated_apt_key::RULE,
    &deprecated_package_source::RULE,
    &dev_dependencies_shipped::RULE,
    &distribution_upgrade::RULE,
    &dnf_cache_in_layer::RULE,
    &dnf_without_yes::RULE,
    &docker_socket_in_image::RULE,
    &dropped_supplementary_groups::RULE,
    &duplicate_stage_name::RULE,
    &echo_escape_sequence::RULE,
    &empty_command::RULE,
    &empty_label::RULE,
    &empty_stage_copied::RULE,
    &end_of_life_base::RULE,
    &expired_suppression::RULE,
    &expose_port_mismatch::RULE,
    &exposed_admin_port::RULE,
    &extra_argument::RULE,
    &find_xargs_without_null::RULE,
    &flag_newer_than_syntax::RULE,
    &flag_without_value::RULE,
    &forbidden_onbuild_trigger::RULE,
    &forward_stage_reference::RULE,
    &full_variant_base::RULE,
    &gem_docs_in_layer::RULE,
    &global_arg_out_of_scope::RULE,
    &go_cache_in_layer::RULE,
    &gpu_query_in_run::RULE,
    &hardcoded_architecture::RULE,
    &hardcoded_secret::RULE,
    &heredoc_destination::RULE,
    &high_uid_useradd::RULE,
    &host_dependencies_copied::RULE,
    &host_files_unignored::RULE,
    &host_key_checking_disabled::RULE,
    &host_port_in_expose::RULE,
    &ignored_arg_default::RULE,
    &ignored_cmd::RULE,
    &ignored_copy_source::RULE,
    &implicit_root_user::RULE,
    &inline_ignore::RULE,
    &install_as_user::RULE,
    &install_without_cache_mount::RULE,
    &instruction_before_from::RULE,
    &invalid_check_directive::RULE,
    &invalid_chmod::RULE,
    &invalid_duration::RULE,
    &invalid_escape_directive::RULE,
    &invalid_from_flag::RULE,
    &invalid_image_reference::RULE,
    &invalid_label_key::RULE,
    &invalid_mount::RULE,
    &invalid_platform::RULE,
    &invalid_port::RULE,
    &invalid_retries::RULE,
    &invalid_run_option::RULE,
    &invalid_stage_name::RULE,
    &json_array_of_non_strings::RULE,
    &label_not_email::RULE,
    &label_not_git_hash::RULE,
    &label_not_rfc3339::RULE,
    &label_not_semver::RULE,
    &label_not_spdx::RULE,
    &label_not_url::RULE,
    &last_user_root::RULE,
    &latest_tag::RULE,
    &legacy_key_value::RULE,
    &literal_backslash::RULE,
    &literal_brace_or_bracket::RULE,
    &literal_tilde::RULE,
    &lost_shell_state::RULE,
    &maintainer_instruction::RULE,
    &malformed_from::RULE,
    &malformed_suppression::RULE,
    &masked_exit_in_declaration::RULE,
    &maven_cache_in_layer::RULE,
    &mismatched_as_case::RULE,
    &mismatched_doc_comment::RULE,
    &misplaced_checksum::RULE,
    &misplaced_directive::RULE,
    &missing_argument::RULE,
    &missing_copy_source::RULE,
    &missing_equals::RULE,
    &missing_from::RULE,
    &missing_healthcheck::RULE,
    &missing_healthcheck_tool::RULE,
    &missing_label::RULE,
    &missing_main_process::RULE,
    &misspelled_directive::RULE,
    &mixed_instruction_case::RULE,
    &mkdir_mode_of_leaf_only::RULE,
    &mount_from_number::RULE,
    &multiple_sources_without_slash::RULE,
    &named_owner_on_link::RULE,
    &named_user::RULE,
    &named_user_in_scratch::RULE,
    &noisy_wget::RULE,
    &non_boolean_flag_value::RULE,
    &non_portable_expr::RULE,
    &not_utf8::RULE,
    &npm_cache_in_layer::RULE,
    &numeric_stage_reference::RULE,
    &obsolete_grep::RULE,
    &odd_command_word::RULE,
    &one_round_loop::RULE,
    &output_lost_in_mount::RULE,
    &overlong_line::RULE,
    &overridden_cmd::RULE,
    &overridden_entrypoint::RULE,
    &overridden_healthcheck::RULE,
    &overwritten_env::RULE,
    &overwritten_label::RULE,
    &package_manager_as_init::RULE,
    &package_signature_unchecked::RULE,
    &package_upgrade::RULE,
    &parsed_ls::RULE,
    &password_set_in_build::RULE,
    &path_without_inherited_value::RULE,
    &pip_cache_in_layer::RULE,
    &pipe_without_pipefail::RULE,
    &piped_remote_script::RULE,
    &plain_http_download::RULE,
    &pointless_command::RULE,
    &prefix_assignment_not_seen::RULE,
    &privileged_run::RULE,
    &production_install_before_build::RULE,
    &pseudo_filesystem_workdir::RULE,
    &redirected_find::RULE,
    &redundant_target_platform::RULE,
    &relative_copy_destination::RULE,
    &relative_workdir::RULE,
    &relinked_sh::RULE,
    &remote_source_in_copy::RULE,
    &remote_source_without_checksum::RULE,
    &repeated_directive::RULE,
    &repeated_flag::RULE,
    &reserved_stage_name::RULE,
    &rm_of_maybe_empty_path::RULE,
    &root_owned_cache_mount::RULE,
    &root_owned_copy_after_user::RULE,
    &secret_file_copied::RULE,
    &secret_in_arg_or_env::RULE,
    &secret_written_to_layer::RULE,
    &self_referencing_env::RULE,
    &setuid_file::RULE,
    &shell_form_command::RULE,
    &shell_form_in_scratch::RULE,
    &shell_not_json::RULE,
    &shell_syntax_error::RULE,
    &shell_syntax_in_exec_form::RULE,
    &shellcheck::RULE,
    &single_quoted_expansion::RULE,
    &skipped_errexit::RULE,
    &source_before_dependencies::RULE,
    &source_before_system_packages::RULE,
    &source_tree_shipped::RULE,
    &stopsignal_on_windows::RULE,
    &sudo_in_run::RULE,
    &suppression_without_reason::RULE,
    &tail_as_main_process::RULE,
    &tls_verification_disabled::RULE,
    &toolchain_base_shipped::RULE,
    &unassigned_shell_variable::RULE,
    &uncatchable_stopsignal::RULE,
    &unchecked_cd::RULE,
    &unclosed_quote::RULE,
    &undeclared_arg_in_from::RULE,
    &undefined_variable::RULE,
    &undeleted_virtual_packages::RULE,
    &unignored_secret_file::RULE,
    &unknown_copy_source::RULE,
    &unknown_flag::RULE,
    &unknown_healthcheck_type::RULE,
    &unknown_instruction::RULE,
    &unknown_rule_in_suppression::RULE,
    &unknown_signal::RULE,
    &unlisted_label::RULE,
    &unlocked_apt_cache_mount::RULE,
    &unlocked_install::RULE,
    &unpinned_apk_package::RULE,
    &unpinned_apt_package::RULE,
    &unpinned_cargo_crate::RULE,
    &unpinned_dnf_package::RULE,
    &unpinned_gem::RULE,
    &unpinned_git_clone::RULE,
    &unpinned_go_module::RULE,
    &unpinned_npm_package::RULE,
    &unpinned_pip_package::RULE,
    &unpinned_yum_package::RULE,
    &unpinned_zypper_package::RULE,
    &unquoted_at::RULE,
    &unquoted_command_substitution::RULE,
    &unquoted_find_pattern::RULE,
    &unquoted_variable::RULE,
    &unset_required_variable::RULE,
    &unsorted_packages::RULE,
    &unsupported_substitution::RULE,
    &untagged_base::RULE,
    &unterminated_heredoc::RULE,
    &untrusted_registry::RULE,
    &unused_arg::RULE,
    &unused_created_user::RULE,
    &unused_env::RULE,
    &unused_shell_variable::RULE,
    &unused_stage::RULE,
    &unused_suppression::RULE,
    &unverified_download::RULE,
    &uppercase_expose_protocol::RULE,
    &uppercase_in_directive::RULE,
    &uppercase_stage_name::RULE,
    &useless_cat::RULE,
    &useless_echo::RULE,
    &variable_in_exec_form::RULE,
    &variable_in_printf_format::RULE,
    &volatile_value_before_build::RULE,
    &wget_and_curl::RULE,
    &whole_context_copy::RULE,
    &whole_filesystem_copy::RULE,
    &world_readable_secret::RULE,
    &world_writable_mode::RULE,
    &write_after_volume::RULE,
    &yarn_cache_in_layer::RULE,
    &yum_cache_in_layer::RULE,
    &yum_without_yes::RULE,
    &zypper_cache_in_layer::RULE,
    &zypper_without_yes::RULE,
];

/// What an external ShellCheck says, where no other rule owns its number.
pub(crate) use shellcheck::RULE as SHELLCHECK;

/// All rules, sorted by name.
#[must_use]
pub fn all() -> &'static [&'static Rule] {
    RULES
}
